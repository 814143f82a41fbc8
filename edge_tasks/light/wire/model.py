"""What a configuration makes of an edge: everything that edges of one template have in common, made once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import orjson

from edge_tasks.light.devices import DEVICES
from edge_tasks.light.wire import protocol
from edge_tasks.light.wire.edge_config import EdgeConfig, edge_config
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.light.engine.catalogue import Catalogue
    from edge_tasks.light.engine.channels import Channels
    from edge_tasks.light.engine.device import Answers
    from edge_tasks.light.engine.log_line import LogLine
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component, Configuration

_API_TIMEOUT: Final = 60


@dataclass(frozen=True)
class Model:
    """What edges of one template have in common; nothing in it changes.

    Attributes:
        configuration: its components.
        plant: its devices.
        channels: those whose values it sends.
        config: the params of its ``edgeConfig``.
        announcement: that message.
        answers: what its components answer, by their ids.
        log_line: what it logs in each cycle; None when it has no controller for that.
        ignored: files that Felix would not load.
        unsimulated: factory PIDs of components that would act on a real edge, but do nothing here.
        backend: its Backend controller; None when there is no enabled one.
        version: the release of OpenEMS that it says it is.
    """

    configuration: Configuration
    plant: Plant
    channels: Channels
    config: EdgeConfig
    announcement: bytes
    answers: Mapping[str, Answers]
    log_line: LogLine | None
    ignored: tuple[str, ...]
    unsimulated: tuple[str, ...]
    backend: Component | None
    version: str = DEFAULT.since

    @cached_property
    def api_timeout(self) -> int:
        """How many ms a written value holds."""
        return 1000 * (self.backend.integer("apiTimeout", _API_TIMEOUT) if self.backend else _API_TIMEOUT)


class Models:
    """The models of many edges. Edges whose configurations differ in PIDs and apikeys only share a model.

    Args:
        version: the release of OpenEMS that the edges say they are.
    """

    def __init__(self, version: str = DEFAULT.since) -> None:
        self.version = version
        self._known: dict[bytes, Model] = {}

    def of(self, found: Configuration) -> Model:
        """The model of a configuration."""
        shared = _shared(found)
        model = self._known.get(shared)
        if model is None:
            model = self._known[shared] = model_of(found, version=self.version)
        return model


def model_of(found: Configuration, devices: Catalogue = DEVICES, version: str = DEFAULT.since) -> Model:
    """The model of a configuration, with the devices that can be simulated, as an edge of this release."""
    plant = devices.plant(found.components)
    config = edge_config(found.components, devices)
    return Model(
        configuration=found,
        plant=plant,
        channels=devices.channels(found.components, plant, version),
        config=config,
        announcement=protocol.edge_config(config),
        answers=devices.answers(found.components),
        log_line=devices.log_line(found.components),
        ignored=found.ignored,
        unsimulated=devices.unsimulated(found.components),
        backend=found.backend(),
        version=version,
    )


def _shared(found: Configuration) -> bytes:
    """All of a configuration that is not an edge's own; the same for edges that can share a model."""
    own = [
        [
            one.id,
            one.factory_pid,
            one.alias,
            {key: value for key, value in one.properties.items() if _is_shared(key)},
        ]
        for one in found.components
    ]
    return orjson.dumps([own, found.ignored], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def _is_shared(name: str) -> bool:
    return name not in ("service.pid", "apikey") and not name.endswith(".target")
