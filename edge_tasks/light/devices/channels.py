"""An edge's channels: which of them follow the simulation, and the text in which they are told.

Names and types are those of a recorded 2024.7.0 edge. A message is put together from texts that are made once a
template (``"meter1/ActivePower":%d,...``), so a cycle costs what changed in it and no more. Three kinds:

counters
    energies in Wh; looked at in each cycle in which their power is not 0.
levels
    states of charge in percent; likewise while a battery is charged or discharged.
looks
    everything else, mostly powers in W; looked at when the simulation has turned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import orjson

from edge_tasks.light.devices.plant import CONSUMPTION, ESS, GRID, PRODUCTION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edge_tasks.light.devices.constants import Value
    from edge_tasks.light.devices.plant import Battery, Plant
    from edge_tasks.light.devices.simulation import Simulation

Powers: TypeAlias = Sequence[int]
_VOLTAGE: Final = 230_000
"""mV, on each phase of the simulated grid meter."""
_FULL: Final = 100
"""Percent."""


class Text:
    """Channels that have one value.

    Args:
        names: of the channels.

    Attributes:
        names: of the channels.
        format: a ``%`` format of the value, once for each of them.
        count: of the channels.
    """

    __slots__ = ("count", "format", "names")

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.count = len(names)
        self.format = b",".join(orjson.dumps(name).replace(b"%", b"%%") + b":%d" for name in names)

    def of(self, value: int) -> bytes:
        """The text of a value."""
        return self.format % ((value,) * self.count)


@dataclass(frozen=True)
class Look:
    """Channels that change with a turn of the simulation.

    Attributes:
        text: of the channels.
        read: the figure, by the simulation and by powers in W in the order of its plant's ids.
    """

    text: Text
    read: Callable[[Simulation, Powers], int]


@dataclass(frozen=True)
class Channels:
    """All channels of an edge of one template.

    Attributes:
        constants: those that never change.
        constant: their text.
        known: the text of those that are not null.
        counters: the texts of the energies of positive and of negative power of the plant's first id, of the
            second ...; None where no channel has it.
        levels: the texts of the state of charge of each battery, and of all of them.
        looks: all others.
        patterns: of moving counters, that were seen.
    """

    constants: Mapping[str, Value]
    constant: bytes
    known: bytes
    counters: tuple[Text | None, ...]
    levels: tuple[Text, ...]
    looks: tuple[Look, ...]
    patterns: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict, repr=False)

    def moving(self, powers: Powers) -> tuple[int, ...]:
        """Which counters these powers move; the same object for all edges that have the same ones."""
        found = tuple(
            2 * place + (power < 0)
            for place, power in enumerate(powers)
            if power and self.counters[2 * place + (power < 0)] is not None
        )
        return self.patterns.setdefault(found, found)


def channels_of(plant: Plant, constants: Mapping[str, Value]) -> Channels:
    """The channels of a plant, and constant ones."""
    looks = tuple(_looks(plant))
    counters = tuple(_counters(plant))
    levels = tuple(_levels(plant))
    told = {name for text in (*(one.text for one in looks), *counters, *levels) if text for name in text.names}
    still = {**_unmeasured(plant), **constants}
    still = {name: still[name] for name in sorted(still) if name not in told}
    return Channels(
        still,
        _pairs(still),
        _pairs({name: value for name, value in still.items() if value is not None}),
        counters,
        levels,
        looks,
    )


def _pairs(values: Mapping[str, Value]) -> bytes:
    return orjson.dumps(values)[1:-1]


def _counters(plant: Plant) -> Iterable[Text | None]:
    names: dict[str, tuple[list[str], list[str]]] = {}
    for key in (*(key for key, _ in plant.producers), *plant.grid):
        names[key] = [f"{key}/ActiveProductionEnergy"], [f"{key}/ActiveConsumptionEnergy"]
    for key, _ in plant.consumers:  # their power is above 0 while something is consumed
        names[key] = [f"{key}/ActiveConsumptionEnergy"], [f"{key}/ActiveProductionEnergy"]
    for battery in plant.batteries:
        names[battery.id] = [f"{battery.id}/ActiveDischargeEnergy"], [f"{battery.id}/ActiveChargeEnergy"]
    names[PRODUCTION] = ["_sum/ProductionActiveEnergy", "_sum/ProductionAcActiveEnergy"], []
    names[CONSUMPTION] = ["_sum/ConsumptionActiveEnergy"], []
    if plant.grid:
        names[GRID] = ["_sum/GridBuyActiveEnergy"], ["_sum/GridSellActiveEnergy"]
    if plant.batteries:
        names[ESS] = (
            ["_sum/EssActiveDischargeEnergy", "_sum/EssDcDischargeEnergy"],
            ["_sum/EssActiveChargeEnergy", "_sum/EssDcChargeEnergy"],
        )
    for key in plant.ids:
        for own in names.get(key, ([], [])):
            yield Text(own) if own else None


def _levels(plant: Plant) -> Iterable[Text]:
    if plant.batteries:
        yield from (Text([f"{battery.id}/Soc"]) for battery in plant.batteries)
        yield Text(["_sum/EssSoc"])


def _looks(plant: Plant) -> Iterable[Look]:
    place = plant.place
    for key in (*(key for key, _ in plant.meters), *plant.grid):
        yield from _phased(f"{key}/ActivePower", [place[key]])
    for key in plant.grid:
        yield Look(Text([f"{key}/Current"]), _current(place[key], 1))
        yield Look(Text(_phases(f"{key}/Current")), _current(place[key], 3))
    for number, battery in enumerate(plant.batteries):
        yield from _battery(battery, number, place[battery.id])
    yield from _sums(plant)


def _battery(battery: Battery, number: int, place: int) -> Iterable[Look]:
    own, limit = battery.id, battery.capacity
    yield Look(Text([f"{own}/ActivePower", f"{own}/DebugSetActivePower"]), _power(place))
    yield Look(
        Text([f"{own}/AllowedChargePower"]),
        lambda model, _powers: 0 if model.socs()[number] >= _FULL else -limit,
    )
    yield Look(
        Text([f"{own}/AllowedDischargePower"]), lambda model, _powers: limit if model.socs()[number] else 0
    )


def _sums(plant: Plant) -> Iterable[Look]:
    place = plant.place
    producers = [place[key] for key, _ in plant.producers]
    consumption = ["_sum/ConsumptionActivePower", "_sum/UnmanagedConsumptionActivePower"]
    yield Look(Text(consumption), _power(place[CONSUMPTION]))
    yield Look(Text(_phases("_sum/ConsumptionActivePower")), _phase_of_consumption(plant))
    yield Look(Text(["_sum/ProductionActivePower"]), _power(place[PRODUCTION]))
    yield Look(Text(["_sum/ProductionAcActivePower"]), _power(place[PRODUCTION]))
    yield Look(Text(_phases("_sum/ProductionAcActivePower")), _phase_of(producers))
    yield Look(Text(["_sum/ConsumptionMaxActivePower"]), lambda model, _powers: model.highest(CONSUMPTION))
    yield Look(Text(["_sum/ProductionMaxActivePower"]), lambda model, _powers: model.highest(PRODUCTION))
    if plant.grid:
        yield from _phased("_sum/GridActivePower", [place[GRID]])
        yield Look(Text(["_sum/GridMinActivePower"]), lambda model, _powers: model.lowest(GRID))
        yield Look(Text(["_sum/GridMaxActivePower"]), lambda model, _powers: model.highest(GRID))
    if plant.batteries:
        yield Look(Text(["_sum/EssActivePower", "_sum/EssDischargePower"]), _power(place[ESS]))
        yield Look(Text(_phases("_sum/EssActivePower")), _phase_of_batteries(plant))
        yield Look(Text(["_sum/EssMinDischargePower"]), lambda model, _powers: model.lowest(ESS))
        yield Look(Text(["_sum/EssMaxDischargePower"]), lambda model, _powers: model.highest(ESS))


def _phased(name: str, places: Sequence[int]) -> Iterable[Look]:
    """A power, and what is on each phase."""
    yield Look(Text([name]), _power(places[0]))
    yield Look(Text(_phases(name)), _phase_of(places))


def _unmeasured(plant: Plant) -> Mapping[str, Value]:
    """The sums that stand still: null without the devices that measure them, as OpenEMS has it."""
    capacity = sum(battery.capacity for battery in plant.batteries)
    most = sum(battery.max_power for battery in plant.batteries)
    own: dict[str, Value] = {f"{battery.id}/Capacity": battery.capacity for battery in plant.batteries}
    own |= {f"{battery.id}/MaxApparentPower": battery.max_power for battery in plant.batteries}
    own |= {f"{key}/Voltage{phase}": _VOLTAGE for key in plant.grid for phase in ("", "L1", "L2", "L3")}
    some = bool(plant.batteries)
    grid = ("_sum/GridActivePower", *_phases("_sum/GridActivePower"))
    grid = (*grid, "_sum/GridBuyActiveEnergy", "_sum/GridSellActiveEnergy")
    energies = ("ActiveCharge", "ActiveDischarge", "DcCharge", "DcDischarge")
    return {
        **own,
        **dict.fromkeys(grid),
        **dict.fromkeys(("_sum/EssActivePower", *_phases("_sum/EssActivePower"))),
        **dict.fromkeys(f"_sum/Ess{name}Energy" for name in energies),
        "_sum/GridMinActivePower": 0,
        "_sum/GridMaxActivePower": 0,
        "_sum/EssMinDischargePower": 0,
        "_sum/EssMaxDischargePower": 0,
        "_sum/EssDischargePower": None,
        "_sum/EssSoc": None,
        "_sum/EssReactivePower": 0 if some else None,
        "_sum/EssCapacity": capacity if some else None,
        "_sum/EssMaxApparentPower": most if some else None,
    }


def _power(place: int) -> Callable[[Simulation, Powers], int]:
    return lambda _model, powers: powers[place]


def _current(place: int, phases: int) -> Callable[[Simulation, Powers], int]:
    """MA, of all phases or of one."""
    return lambda _model, powers: _part((2_000_000 * powers[place] + _VOLTAGE) // (2 * _VOLTAGE), phases)


def _phase_of(places: Sequence[int]) -> Callable[[Simulation, Powers], int]:
    return lambda _model, powers: sum(_part(powers[place], 3) for place in places)


def _phase_of_batteries(plant: Plant) -> Callable[[Simulation, Powers], int]:
    """As OpenEMS has it for symmetric ones, rounded half up."""
    places = [plant.place[battery.id] for battery in plant.batteries]
    return lambda _model, powers: sum((2 * powers[place] + 3) // 6 for place in places)


def _phase_of_consumption(plant: Plant) -> Callable[[Simulation, Powers], int]:
    """What comes in on one phase: so OpenEMS has it, and its thirds are rounded before they are added."""
    metered = _phase_of([plant.place[key] for key in (*plant.grid, *(key for key, _ in plant.producers))])
    stored = _phase_of_batteries(plant)
    return lambda model, powers: metered(model, powers) + stored(model, powers)


def _phases(name: str) -> list[str]:
    return [f"{name}L1", f"{name}L2", f"{name}L3"]


def _part(value: int, count: int) -> int:
    """Java's integer division, which rounds towards zero."""
    return value // count if value >= 0 else -(-value // count)
