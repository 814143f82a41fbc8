"""Where an edge connects to, and with which key."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from yarl import URL

from edge_tasks.openems import configuration
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component

_DEFAULT_URI: Final = f"ws://localhost:{DEFAULT.backend_ports.edges}"


class UnconfiguredError(ValueError):
    """An edge that cannot connect by its configuration; the message says why."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A backend's address, and the apikey to connect with."""

    uri: URL
    apikey: str = field(repr=False)

    @property
    def place(self) -> str:
        """Host and port, for messages."""
        return f"{self.uri.host}:{self.uri.port}"


def endpoint_of(backend: Component | None, apikey: str = "") -> Endpoint:
    """Where a Backend controller connects to, with this key or with its own.

    Args:
        backend: the controller.
        apikey: instead of its own.

    Raises:
        UnconfiguredError: it cannot connect anywhere.
    """
    if backend is None:
        raise UnconfiguredError(f"it has no enabled {configuration.BACKEND}")
    key = apikey or backend.text("apikey").strip()
    if not key:
        raise UnconfiguredError(f"its {backend.id} has no apikey")
    if not key.isprintable():
        raise UnconfiguredError(f"the apikey of its {backend.id} has control characters")
    try:
        uri = _url(backend.text("uri", _DEFAULT_URI).strip())
        usable = uri.scheme in ("ws", "wss") and bool(uri.host) and bool(uri.port)
    except ValueError:
        usable = False
    if not usable:
        raise UnconfiguredError(f"the uri of its {backend.id} is not a ws:// or wss:// address")
    return Endpoint(uri, key)


@lru_cache(maxsize=64)
def _url(text: str) -> URL:
    """The URL of a text; edges that connect to the same place share one object."""
    return URL(text)
