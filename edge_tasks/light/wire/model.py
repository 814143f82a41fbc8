"""What a configuration makes of an edge: everything that edges of one template have in common, made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson
from yarl import URL

from edge_tasks.light.devices.channels import channels_of
from edge_tasks.light.devices.constants import constants
from edge_tasks.light.devices.plant import plant_of, unsimulated
from edge_tasks.light.wire import edge_config, protocol
from edge_tasks.openems import configuration

if TYPE_CHECKING:
    from edge_tasks.light.devices.channels import Channels
    from edge_tasks.light.devices.plant import Plant
    from edge_tasks.openems.configuration import Component, Configuration

_DEFAULT_URI: Final = "ws://localhost:8081"
_API_TIMEOUT: Final = 60
DEBUG_LOG: Final = "Controller.Debug.Log"


class UnconfiguredError(ValueError):
    """An edge that cannot connect by its configuration; the message says why."""


@dataclass(frozen=True, slots=True)
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
        configuration: its components.
        plant: its devices.
        channels: what it tells.
        config: the params of its ``edgeConfig``.
        announcement: that message.
        ignored: files that Felix would not load.
        unsimulated: factory PIDs of components that would act on a real edge, but do nothing here.
        backend: its Backend controller; None when there is no enabled one.
    """

    configuration: Configuration
    plant: Plant
    channels: Channels
    config: edge_config.Json
    announcement: bytes
    ignored: tuple[str, ...]
    unsimulated: tuple[str, ...]
    backend: Component | None

    @cached_property
    def writable(self) -> frozenset[str]:
        """The channels that take a value: a real edge's, and the power of a meter that has a datasource."""
        return frozenset(
            (
                *(f"{key}/ActivePower" for key, _ in self.plant.meters),
                *(f"{battery.id}/SetActivePowerEquals" for battery in self.plant.batteries),
            )
        )

    @cached_property
    def api_timeout(self) -> int:
        """Ms that a written value holds."""
        return 1000 * (self.backend.integer("apiTimeout", _API_TIMEOUT) if self.backend else _API_TIMEOUT)

    @cached_property
    def debug_log(self) -> str:
        """The id of the controller that logs the values of each cycle; empty when there is none."""
        logs = (one.id for one in self.configuration.components if one.factory_pid == DEBUG_LOG and one.enabled)
        return next(logs, "")

    def endpoint(self, backend: Component | None, apikey: str = "") -> Endpoint:
        """Where a Backend controller connects to, with this key or with its own.

        Args:
            backend: the controller, of an edge that shares this model.
            apikey: instead of its own.

        Raises:
            UnconfiguredError: it would not get far.
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
            raise UnconfiguredError(f"the uri of its {backend.id} is no ws:// or wss:// address")
        return Endpoint(uri, key)


@lru_cache(maxsize=64)
def _url(text: str) -> URL:
    """One for all edges that connect to the same place."""
    return URL(text)


class Models:
    """The models of many edges: those that differ in their PIDs and apikeys only share one."""

    def __init__(self) -> None:
        self._known: dict[bytes, Model] = {}

    def of(self, found: Configuration) -> Model:
        """The shape that a configuration describes."""
        shape = _shape(found)
        model = self._known.get(shape)
        if model is None:
            model = self._known[shape] = model_of(found)
        return model


def model_of(found: Configuration) -> Model:
    """The shape that a configuration describes."""
    plant = plant_of(found.components)
    config = edge_config.edge_config(found.components)
    return Model(
        configuration=found,
        plant=plant,
        channels=channels_of(plant, constants(found.components)),
        config=config,
        announcement=protocol.edge_config(config),
        ignored=found.ignored,
        unsimulated=unsimulated(found.components),
        backend=found.backend(),
    )


def _shape(found: Configuration) -> bytes:
    """What tells one model from another: all that is not an edge's own."""
    own: Any = [
        [
            one.id,
            one.factory_pid,
            one.alias,
            {key: value for key, value in one.properties.items() if _shared(key)},
        ]
        for one in found.components
    ]
    return orjson.dumps([own, found.ignored], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def _shared(name: str) -> bool:
    return name not in ("service.pid", "apikey") and not name.endswith(".target")
