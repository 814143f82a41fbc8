"""Charging stations, and the controller that tells them what to charge with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.light.engine.simulation import Simulation
from tests.unit.light.devices.built_edge import Edge

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Part

HOUR = 3_600_000
READY, CHARGING, REJECTED = 2, 3, 5
STANDS, CHARGES, DECREASES, INCREASES = range(4)


def _station(edge: Build, produced: int, *others: Part) -> Edge:
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (produced,)}),
        ("meter1", "Simulator.ProductionMeter.Acting", {}),
        ("meter0", "Simulator.GridMeter.Reacting", {}),
        ("evcs0", "Simulator.Evcs", {}),
        *others,
    )


def _control(**properties: Any) -> Part:
    return "ctrlEvcs0", "Controller.Evcs", {"evcs__id": "evcs0", **properties}


def test_it_charges_nothing_until_it_is_told_to(edge: Build) -> None:
    values = _station(edge, 5000).after(HOUR).values
    assert (values["evcs0/ChargePower"], values["evcs0/Status"], values["evcs0/EnergySession"]) == (0, READY, 0)
    assert (values["evcs0/MinimumHardwarePower"], values["evcs0/MaximumHardwarePower"]) == (4140, 22_080)


@pytest.mark.parametrize(
    ("told", "charged", "status"),
    [(4139, 0, READY), (4140, 4140, CHARGING), (90_000, 22_080, CHARGING), (-1, 0, READY)],
)
def test_it_charges_within_its_limits(edge: Build, told: int, charged: int, status: int) -> None:
    values = _station(edge, 5000).write("evcs0/SetChargePowerLimit", told).after(HOUR).values
    assert (values["evcs0/ChargePower"], values["evcs0/Status"]) == (charged, status)
    assert (values["evcs0/SetChargePowerLimit"], values["evcs0/EnergySession"]) == (charged, charged)


def test_it_says_when_it_was_told_to_stop(edge: Build) -> None:
    found = _station(edge, 5000).write("evcs0/SetChargePowerLimit", 5000).after(1000)
    values = found.write("evcs0/SetChargePowerLimit", 0).after(1000).values
    assert (values["evcs0/Status"], values["evcs0/ChargePower"]) == (REJECTED, 0)


def test_it_says_for_eleven_seconds_that_it_increases_or_decreases(edge: Build) -> None:
    """As the charging stations of ``trials.json`` did."""
    found = _station(edge, 5000).write("evcs0/SetChargePowerLimit", 5000)
    states = [found.after(1000).values["evcs0/ChargeState"] for _ in range(12)]
    assert states == [INCREASES] * 10 + [CHARGES] * 2
    found.write("evcs0/SetChargePowerLimit", 0)
    states = [found.after(1000).values["evcs0/ChargeState"] for _ in range(12)]
    assert states == [DECREASES] * 10 + [STANDS] * 2


def test_one_that_an_earlier_version_had_remembered_with_less_goes_on(edge: Build) -> None:
    found = _station(edge, 5000).write("evcs0/SetChargePowerLimit", 5000).after(HOUR)
    memory = found.simulation.memory()
    before = replace(memory, registers={key: own[:3] for key, own in memory.registers.items()})
    again = Edge(found.model, Simulation(found.model.plant, found.simulation.now, before)).after(1000)
    assert (again.values["evcs0/Status"], again.values["evcs0/ChargePower"]) == (CHARGING, 5000)


def test_after_a_decrease_it_waits_before_it_increases_again(edge: Build) -> None:
    found = _station(edge, 5000)
    powers = []
    for told in (5000, 8000, 6000, 9000):
        found.write("evcs0/SetChargePowerLimit", told).after(1000)
        powers.append(found.values["evcs0/ChargePower"])
    assert powers == [5000, 8000, 6000, 6000]
    assert found.after(10_000).values["evcs0/ChargePower"] == 9000


@pytest.mark.parametrize(
    ("properties", "shown"),
    [
        ({}, (0, 0)),
        ({"defaultChargeMinPower": 5000}, (0, 0)),
        ({"chargeMode": "EXCESS_POWER", "defaultChargeMinPower": 5000}, (1, 5000)),
        ({"enabledCharging": False}, (0, None)),
        ({"evcs__id": "evcs9"}, (None, None)),
    ],
)
def test_it_shows_the_mode_and_the_least_power_of_its_controller(
    edge: Build, properties: dict[str, Any], shown: tuple[int | None, int | None]
) -> None:
    values = _station(edge, 5000, _control(**properties)).values
    assert (values["evcs0/ChargeMode"], values["evcs0/MinimumPower"]) == shown


def test_only_the_unmanaged_consumption_knows_what_it_charges(edge: Build) -> None:
    values = _station(edge, 5000).write("evcs0/SetChargePowerLimit", 5000).after(1000).values
    assert (values["meter0/ActivePower"], values["_sum/ConsumptionActivePower"]) == (-5000, 0)
    assert values["_sum/UnmanagedConsumptionActivePower"] == -5000


@pytest.mark.parametrize(
    ("properties", "charged"),
    [
        ({}, 22_080),
        ({"forceChargeMinPower": 2000}, 6000),
        ({"forceChargeMinPower": 1000}, 0),
        ({"enabledCharging": False}, 0),
        ({"evcs__id": "evcs9"}, 0),
    ],
)
def test_forced_charging_has_its_power_on_each_of_three_phases(
    edge: Build, properties: dict[str, Any], charged: int
) -> None:
    assert _station(edge, 5000, _control(**properties)).after(1000).values["evcs0/ChargePower"] == charged


def test_a_controller_tells_it_again_what_others_changed(edge: Build) -> None:
    found = _station(edge, 5000, _control(forceChargeMinPower=2000)).write("evcs0/SetChargePowerLimit", 0)
    assert found.after(2000).values["evcs0/ChargePower"] == 6000


@pytest.mark.parametrize(("produced", "charged"), [(5000, 22_080), (-5000, 0), (3000, 0)])
def test_what_is_left_over_grows_up_to_the_limit_because_no_meter_sees_the_station(
    edge: Build, produced: int, charged: int
) -> None:
    found = _station(edge, produced, _control(chargeMode="EXCESS_POWER")).after(60_000)
    assert found.values["evcs0/ChargePower"] == charged


def test_a_least_power_is_charged_whatever_is_left_over(edge: Build) -> None:
    control = _control(chargeMode="EXCESS_POWER", defaultChargeMinPower=4200)
    assert _station(edge, -5000, control).after(60_000).values["evcs0/ChargePower"] == 4200


@pytest.mark.parametrize(("priority", "charged"), [("CAR", 22_080), ("STORAGE", 0)])
def test_a_battery_may_come_first(edge: Build, priority: str, charged: int) -> None:
    battery = ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 10_000, "initialSoc": 50})
    balancing = ("ctrlBalancing0", "Controller.Symmetric.Balancing", {"ess__id": "ess0"})
    control = _control(chargeMode="EXCESS_POWER", priority=priority)
    assert _station(edge, 5000, battery, balancing, control).after(60_000).values["evcs0/ChargePower"] == charged
