"""A simulation's state as OpenEMS channels: names and types as a recorded 2024.7.0 edge sends them.

Functional channels only. Left out are the ``_Property...`` ones, which repeat the configuration, and the inner
state of controllers (``Level``, ``Status``, hysteresis); phases carry a third each, as in the simulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from edge_tasks.light.edge_config import SINGLETON_IDS
from edge_tasks.light.simulation import CONSUMPTION, ESS, GRID, PRODUCTION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.light.components import Component
    from edge_tasks.light.simulation import Battery, Simulation

Value: TypeAlias = int | str | None
VERSION: Final = "2024.7.0"

_ON_GRID: Final = 1
_EURO: Final = 0
_VOLTAGE: Final = 230_000
"""mV, on each phase of the simulated grid meter."""
_UNMEASURED: Final = (
    "GridBuyPrice",
    "ProductionDcActualPower",
    "ProductionDcActiveEnergy",
)


def constant(components: Iterable[Component]) -> dict[str, Value]:
    """The channels that never change: states, version, currency."""
    values: dict[str, Value] = {f"{key}/State": 0 for key in SINGLETON_IDS}
    for component in components:
        if component.enabled:
            values[f"{component.id}/State"] = 0
            if component.factory_pid.startswith("Controller."):
                values[f"{component.id}/RunFailed"] = 0
    values |= {"_meta/Version": VERSION, "_meta/Currency": _EURO, "_sum/HasIgnoredComponentStates": 0}
    return values | {f"_sum/{name}": None for name in _UNMEASURED}


def changing(simulation: Simulation) -> dict[str, Value]:
    """The channels that follow the simulation: powers in W, energies in Wh, SoC in percent, currents in mA."""
    values: dict[str, Value] = {}
    plant = simulation.plant
    for key in (*(key for key, _ in plant.producers), *(key for key, _ in plant.consumers), *plant.grid):
        values |= _meter(simulation, key)
    for key in plant.grid:
        values |= _electricity(key, simulation.powers[key])
    for battery in plant.batteries:
        values |= _battery(simulation, battery)
    return values | _sum(simulation) | _sum_grid(simulation) | _sum_ess(simulation)


def _meter(simulation: Simulation, key: str) -> dict[str, Value]:
    values = _phases(f"{key}/ActivePower", simulation.powers[key])
    produced, consumed = simulation.energy(key)
    values |= _phases(f"{key}/ActiveProductionEnergy", produced)
    return values | _phases(f"{key}/ActiveConsumptionEnergy", consumed)


def _electricity(key: str, power: int) -> dict[str, Value]:
    current = _third(power) * 1_000_000
    values: dict[str, Value] = {f"{key}/Current": round(power * 1_000_000 / _VOLTAGE)}
    for phase in ("L1", "L2", "L3"):
        values[f"{key}/Current{phase}"] = int(current / _VOLTAGE)
        values[f"{key}/Voltage{phase}"] = _VOLTAGE
    return values | {f"{key}/Voltage": _VOLTAGE}


def _battery(simulation: Simulation, battery: Battery) -> dict[str, Value]:
    power = simulation.powers[battery.id]
    soc = simulation.soc(battery)
    discharged, charged = simulation.energy(battery.id)
    values: dict[str, Value] = {
        "ActivePower": power,
        "ReactivePower": 0,
        "DebugSetActivePower": power,
        "DebugSetReactivePower": 0,
        "ActiveChargeEnergy": charged,
        "ActiveDischargeEnergy": discharged,
        "AllowedChargePower": 0 if simulation.charge(battery) >= battery.full else -battery.max_power,
        "AllowedDischargePower": 0 if simulation.charge(battery) <= 0 else battery.max_power,
        "ApplyPowerFailed": 0,
        "Capacity": battery.capacity,
        "GridMode": _ON_GRID,
        "MaxApparentPower": battery.max_power,
        "Soc": soc,
    }
    return {f"{battery.id}/{name}": value for name, value in values.items()}


def _sum(simulation: Simulation) -> dict[str, Value]:
    produced, _ = simulation.energy(PRODUCTION)
    consumed, _ = simulation.energy(CONSUMPTION)
    consumption = simulation.powers[CONSUMPTION]
    production = simulation.powers[PRODUCTION]
    return {
        **_phases("_sum/ConsumptionActivePower", consumption),
        **_phases("_sum/ProductionAcActivePower", production),
        "_sum/ProductionActivePower": production,
        "_sum/UnmanagedConsumptionActivePower": consumption,
        "_sum/ConsumptionMaxActivePower": simulation.extremes[CONSUMPTION][1],
        "_sum/ProductionMaxActivePower": simulation.extremes[PRODUCTION][1],
        "_sum/ConsumptionActiveEnergy": consumed,
        "_sum/ProductionActiveEnergy": produced,
        "_sum/ProductionAcActiveEnergy": produced,
        "_sum/GridMode": _ON_GRID,
    }


def _sum_grid(simulation: Simulation) -> dict[str, Value]:
    """Nothing is known of the grid without a grid meter: null, as OpenEMS has it."""
    known = bool(simulation.plant.grid)
    bought, sold = simulation.energy(GRID)
    low, high = simulation.extremes[GRID]
    return {
        **_phases("_sum/GridActivePower", simulation.powers[GRID] if known else None),
        "_sum/GridBuyActiveEnergy": bought if known else None,
        "_sum/GridSellActiveEnergy": sold if known else None,
        "_sum/GridMinActivePower": low if known else 0,
        "_sum/GridMaxActivePower": high if known else 0,
    }


def _sum_ess(simulation: Simulation) -> dict[str, Value]:
    batteries = simulation.plant.batteries
    power = simulation.powers[ESS] if batteries else None
    discharged, charged = simulation.energy(ESS) if batteries else (None, None)
    low, high = simulation.extremes[ESS]
    values: dict[str, Value] = {
        "EssDischargePower": power,
        "EssReactivePower": 0 if batteries else None,
        "EssActiveChargeEnergy": charged,
        "EssActiveDischargeEnergy": discharged,
        "EssDcChargeEnergy": charged,
        "EssDcDischargeEnergy": discharged,
        "EssCapacity": sum(battery.capacity for battery in batteries) if batteries else None,
        "EssMaxApparentPower": sum(battery.max_power for battery in batteries) if batteries else None,
        "EssMinDischargePower": low,
        "EssMaxDischargePower": high,
        "EssSoc": _mean_soc(simulation),
    }
    return _phases("_sum/EssActivePower", power) | {f"_sum/{name}": value for name, value in values.items()}


def _mean_soc(simulation: Simulation) -> int | None:
    batteries = simulation.plant.batteries
    full = sum(battery.full for battery in batteries)
    if not full:
        return None
    return (200 * sum(map(simulation.charge, batteries)) + full) // (2 * full)


def _phases(name: str, value: int | None) -> dict[str, Value]:
    third = None if value is None else _third(value)
    return {name: value, f"{name}L1": third, f"{name}L2": third, f"{name}L3": third}


def _third(value: int) -> int:
    """Java's integer division, which rounds towards zero."""
    return value // 3 if value >= 0 else -(-value // 3)
