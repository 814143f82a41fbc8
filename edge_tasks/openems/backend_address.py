"""The address of a backend's port for edges, as people type it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection

_PORTS: Final = {"ws": 80, "wss": 443}
"""Where none is typed; so does a real edge (its ``uri`` names 8081 by itself)."""


@dataclass(frozen=True)
class BackendAddress:
    """Where edges connect to.

    Attributes:
        uri: as it was typed.
        host: name or IP address.
        port: of the address, or of its scheme.
        is_secure: by TLS.
    """

    uri: str
    host: str
    port: int
    is_secure: bool

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine, as far as its text says."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def backend_address(text: str) -> BackendAddress | None:
    """The address that a text means; None if it is no ``ws://`` or ``wss://`` address.

    One with a password is none either: it would be seen in the list of processes.
    """
    parts = parts_of(text.strip(), _PORTS)
    if parts is None or parts.hostname is None:
        return None
    return BackendAddress(text.strip(), parts.hostname, parts.port or _PORTS[parts.scheme], parts.scheme == "wss")


def parts_of(text: str, schemes: Collection[str]) -> SplitResult | None:
    """The parts of an address with a host and perhaps a port; None if it is none.

    Args:
        text: as it was typed.
        schemes: those that are meant.
    """
    try:
        parts = urlsplit(text)
        _ = parts.port, (parts.hostname or "").encode("idna")  # what a connection would stumble over
    except ValueError:
        return None
    return parts if parts.scheme in schemes and parts.hostname and "@" not in parts.netloc else None
