"""``Core.Sum``: the singleton that adds up the edge's devices; null if there is no device to add up.

See ``SumImpl.calculateChannelValues`` (line 148) and ``CalculateIntegerSum.calculate`` of OpenEMS 2024.7.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import ComponentChannels, Counter
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import (
    battery_power_of_phase,
    highest,
    less,
    level,
    lowest,
    phases,
    power,
    power_and_phases,
    power_of_phase,
    reading,
)
from edge_tasks.light.engine.plant import CONSUMPTION, ESS, GIVEN, GRID, PRODUCTION, TAKEN
from edge_tasks.openems.components import LEVELS, factory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.light.engine.channels import Figure, Reading
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.components import Value

_BATTERY_ENERGIES: Final = ("ActiveCharge", "ActiveDischarge", "DcCharge", "DcDischarge")


def _channels(_own_id: str, plant: Plant) -> ComponentChannels:
    return ComponentChannels(
        tuple(_readings(plant)),
        tuple(_counters(plant)),
        {ESS: "_sum/EssSoc"} if plant.batteries else {},
        _still(plant),
    )


def _counters(plant: Plant) -> Iterator[Counter]:
    if plant.producers:
        yield Counter(PRODUCTION, ["_sum/ProductionActiveEnergy", "_sum/ProductionAcActiveEnergy"])
    yield Counter(CONSUMPTION, ["_sum/ConsumptionActiveEnergy"])
    if plant.grid:
        yield Counter(GRID, ["_sum/GridBuyActiveEnergy"], ["_sum/GridSellActiveEnergy"])
    given = ["_sum/EssActiveDischargeEnergy", "_sum/EssDcDischargeEnergy"]
    taken = ["_sum/EssActiveChargeEnergy", "_sum/EssDcChargeEnergy"]
    if plant.exchanged:
        yield Counter(GIVEN, given)
        yield Counter(TAKEN, negative=taken)
    elif plant.batteries:
        yield Counter(ESS, given, taken)


def _readings(plant: Plant) -> Iterator[Reading]:
    place = plant.place
    managed = [plant.place[machine.managed] for _, machine in plant.machines if machine.managed]
    phased = _phased(plant)
    if plant.producers or plant.consumers or plant.grid or plant.batteries:
        yield reading("_sum/ConsumptionActivePower", power(place[CONSUMPTION]))
        yield reading("_sum/UnmanagedConsumptionActivePower", less(place[CONSUMPTION], managed))
        yield reading(phases("_sum/ConsumptionActivePower"), _consumption_of_phase(plant))
    if plant.producers:
        yield reading(["_sum/ProductionActivePower", "_sum/ProductionAcActivePower"], power(place[PRODUCTION]))
    if phased:
        yield reading(phases("_sum/ProductionAcActivePower"), power_of_phase(phased))
    yield reading("_sum/ConsumptionMaxActivePower", highest(CONSUMPTION))
    yield reading("_sum/ProductionMaxActivePower", highest(PRODUCTION))
    if plant.grid:
        yield from power_and_phases("_sum/GridActivePower", place[GRID])
        yield reading("_sum/GridMinActivePower", lowest(GRID))
        yield reading("_sum/GridMaxActivePower", highest(GRID))
    infos, faults = _flags(plant)
    if infos or faults:
        yield reading("_sum/State", level(infos, faults))
    if plant.batteries:
        yield reading(["_sum/EssActivePower", "_sum/EssDischargePower"], power(place[ESS]))
        yield reading(phases("_sum/EssActivePower"), battery_power_of_phase(_places(plant)))
        yield reading("_sum/EssMinDischargePower", lowest(ESS))
        yield reading("_sum/EssMaxDischargePower", highest(ESS))


def _flags(plant: Plant) -> tuple[list[int], list[int]]:
    """The places of the flags that make the state of the whole edge 1 (Info) and 3 (Fault)."""
    infos = [plant.place[address] for _, machine in plant.machines for address in machine.info]
    faults = [plant.place[address] for _, machine in plant.machines for address in machine.faults]
    return infos, faults


def _consumption_of_phase(plant: Plant) -> Figure:
    """The power of one phase, as OpenEMS adds it up."""
    metered = power_of_phase([*(plant.place[key] for key in plant.grid), *_phased(plant)])
    stored = battery_power_of_phase(_places(plant))
    return lambda simulation, powers: metered(simulation, powers) + stored(simulation, powers)


def _phased(plant: Plant) -> list[int]:
    """The places of the producers that say what is on each phase."""
    return [plant.place[key] for key, _ in plant.producers if key not in plant.without_phases]


def _places(plant: Plant) -> list[int]:
    return [plant.place[battery.id] for battery in plant.batteries]


def _still(plant: Plant) -> dict[str, Value]:
    """The constant channels; as in OpenEMS they are null without the devices that measure them."""
    capacity = sum(battery.capacity for battery in plant.batteries)
    most = sum(battery.max_power for battery in plant.batteries)
    some = bool(plant.batteries)
    return {
        **dict.fromkeys(("_sum/ProductionActivePower", "_sum/ProductionAcActivePower")),
        **dict.fromkeys(("_sum/ProductionActiveEnergy", "_sum/ProductionAcActiveEnergy")),
        **dict.fromkeys(phases("_sum/ProductionAcActivePower")),
        **dict.fromkeys(("_sum/ConsumptionActivePower", *phases("_sum/ConsumptionActivePower"))),
        "_sum/UnmanagedConsumptionActivePower": None,
        **dict.fromkeys(("_sum/GridActivePower", *phases("_sum/GridActivePower"))),
        **dict.fromkeys(("_sum/GridBuyActiveEnergy", "_sum/GridSellActiveEnergy")),
        **dict.fromkeys(("_sum/EssActivePower", *phases("_sum/EssActivePower"))),
        **dict.fromkeys(f"_sum/Ess{name}Energy" for name in _BATTERY_ENERGIES),
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


def _log(_own_id: str, simulation: Simulation) -> str:
    plant = simulation.plant
    state = level(*_flags(plant))(simulation, simulation.powers)
    parts = [f"State:{LEVELS[state]}"]
    if plant.batteries:
        parts.append(f"Ess SoC:{simulation.socs()[-1]} %|L:{simulation.power(ESS)} W")
    if plant.grid:
        parts.append(f"Grid:{simulation.power(GRID)} W")
    if plant.producers:
        parts.append(f"Production:{simulation.power(PRODUCTION)} W")
    return " ".join((*parts, f"Consumption:{simulation.power(CONSUMPTION)} W"))


DEVICE: Final = Device(factory("Core.Sum"), channels=_channels, log=_log)
