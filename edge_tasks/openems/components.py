"""The components of OpenEMS Edge 2024.7.0: what their factories are, and which of them every edge runs.

``components.json`` has one entry a factory, as a settled edge showed it: name, description and natures of its
``edgeConfig``, what it measures, the properties that it declares with their defaults as ``edgeConfig`` has them,
and the channels that do not change while it works. The natures decide which widgets the UI shows.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypedDict

from edge_tasks.openems.configuration import SINGLETON_IDS

if TYPE_CHECKING:
    from collections.abc import Mapping

Value: TypeAlias = int | float | str | None
"""The value of a channel; None is null."""
Measure: TypeAlias = Literal["production", "consumption", "grid", "battery"]
"""What a component measures the power of; see :mod:`.energies`."""

CYCLE_MS: Final = 1000
"""OpenEMS' default cycle."""
LEVELS: Final = ("Ok", "Info", "Warning", "Fault")
"""What the state of a component says, by its number."""
RUN_FAILED: Final = "Running the Controller failed"
"""What the channel ``RunFailed`` of a controller says."""
COMPONENT: Final = "io.openems.edge.common.component.OpenemsComponent"
CONTROLLER: Final = "io.openems.edge.controller.api.Controller"
METER: Final = "io.openems.edge.meter.api.ElectricityMeter"
_METER_NAME: Final = re.compile(r"Meter(\.|$)")


@dataclass(frozen=True)
class Factory:
    """A factory of components.

    Attributes:
        pid: e.g. ``Simulator.GridMeter.Reacting``.
        name: as the UI shows it.
        description: likewise.
        natures: the Java interfaces of its components.
        channels: the channels that keep one value, by name.
        measures: what its components measure the power of; None if they have no power.
        averages: the channels that keep one value and are sent in the averages of five minutes only, by name.
        properties: the defaults of its components' properties, most of them texts, as ``edgeConfig`` has them;
            None for one without a default.
        knows_others: whether its components may have other properties, too.
    """

    pid: str
    name: str
    description: str = ""
    natures: tuple[str, ...] = (COMPONENT,)
    channels: Mapping[str, Value] = field(default_factory=dict)
    measures: Measure | None = None
    averages: Mapping[str, Value] = field(default_factory=dict)
    properties: Mapping[str, object] = field(default_factory=dict)
    knows_others: bool = True

    def shows(self, name: str) -> bool:
        """Whether an edge tells this property of its components.

        OpenEMS tells what a factory declares, and its own notes (``_lastChangeBy``). The rest was written for
        another release, or is Felix's own.
        """
        is_declared = self.knows_others or name in self.properties
        return is_public(name) and (is_declared or name.startswith("_"))


@dataclass(frozen=True)
class Singleton:
    """A component that every edge runs, configured or not.

    Attributes:
        id: e.g. ``_sum``.
        pid: of its factory.
        properties: its defaults, most of them texts, as ``edgeConfig`` has them.
    """

    id: str
    pid: str
    properties: Mapping[str, object]


class _RequiredEntry(TypedDict):
    name: str
    description: str
    natures: list[str]
    properties: dict[str, object]
    channels: dict[str, Value]


class _Entry(_RequiredEntry, total=False):
    measures: Measure
    averages: dict[str, Value]


_ENTRIES: Final[dict[str, _Entry]] = json.loads(Path(__file__).with_suffix(".json").read_bytes())
_FACTORIES: Final = {
    pid: Factory(
        pid,
        entry["name"],
        entry["description"],
        tuple(entry["natures"]),
        entry["channels"],
        entry.get("measures"),
        entry.get("averages", {}),
        entry["properties"],
        knows_others=False,
    )
    for pid, entry in _ENTRIES.items()
}
SINGLETONS: Final[Mapping[str, Singleton]] = MappingProxyType(
    {
        own_id: Singleton(own_id, pid, _ENTRIES[pid]["properties"])
        for pid, own_id in sorted(SINGLETON_IDS.items(), key=lambda item: item[1])
    }
)
"""The singletons by id, in the order of the ids."""


def factory(pid: str) -> Factory:
    """The factory of a PID. If it is not known, a factory with what is true of all of its kind."""
    known = _FACTORIES.get(pid)
    if known is not None:
        return known
    if pid.startswith("Controller."):
        return Factory(pid, pid, natures=(COMPONENT, CONTROLLER), channels={"State": 0, "RunFailed": 0})
    return Factory(pid, pid, channels={"State": 0})


def is_meter(pid: str) -> bool:
    """Whether the components of a factory are electricity meters; for an unknown factory its name decides."""
    return METER in factory(pid).natures or _METER_NAME.search(pid) is not None


def is_simulator(pid: str) -> bool:
    """Whether the components of a factory have values without hardware, on a real edge."""
    return pid.startswith("Simulator.")


def is_public(name: str) -> bool:
    """Whether ``edgeConfig`` may have a property; the others are Felix's own."""
    return name != "id" and not name.startswith(("service.", ":")) and not name.endswith(".target")
