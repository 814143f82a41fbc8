"""What a configuration makes of an edge: everything that edges of one template have in common, made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yarl import URL

from edge_tasks.light import channels, components, edge_config, simulation

if TYPE_CHECKING:
    from edge_tasks.light.components import Configuration

_DEFAULT_URI: Final = "ws://localhost:8081"


class UnconfiguredError(ValueError):
    """An edge that cannot connect by its configuration; the message says why."""


@dataclass(frozen=True)
class Endpoint:
    """Where to connect and with which key."""

    uri: URL
    apikey: str = field(repr=False)

    @property
    def place(self) -> str:
        """Host and port, for messages."""
        return f"{self.uri.host}:{self.uri.port}"


@dataclass(frozen=True)
class Model:
    """An edge's shape; nothing in it changes.

    Attributes:
        plant: its devices.
        config: the params of its ``edgeConfig``.
        constant: the channels that never change.
        ignored: files that Felix would not load.
        unsimulated: factory PIDs of components that would act on a real edge, but do nothing here.
        backend: its Backend controller; None when there is no enabled one.
    """

    plant: simulation.Plant
    config: edge_config.Json
    constant: dict[str, channels.Value]
    ignored: tuple[str, ...]
    unsimulated: tuple[str, ...]
    backend: components.Component | None

    def endpoint(self, apikey: str = "") -> Endpoint:
        """Where its Backend controller connects to, with this key or with its own.

        Raises:
            UnconfiguredError: it would not get far.
        """
        backend = self.backend
        if backend is None:
            raise UnconfiguredError(f"it has no enabled {components.BACKEND}")
        key = apikey or backend.text("apikey").strip()
        if not key:
            raise UnconfiguredError(f"its {backend.id} has no apikey")
        if not key.isprintable():
            raise UnconfiguredError(f"the apikey of its {backend.id} has control characters")
        try:
            uri = URL(backend.text("uri", _DEFAULT_URI).strip())
            usable = uri.scheme in ("ws", "wss") and bool(uri.host) and bool(uri.port)
        except ValueError:
            usable = False
        if not usable:
            raise UnconfiguredError(f"the uri of its {backend.id} is no ws:// or wss:// address")
        return Endpoint(uri, key)


def model_of(found: Configuration) -> Model:
    """The shape that a configuration describes."""
    return Model(
        plant=simulation.plant_of(found.components),
        config=edge_config.edge_config(found.components),
        constant=channels.constant(found.components),
        ignored=found.ignored,
        unsimulated=simulation.unsimulated(found.components),
        backend=found.backend(),
    )
