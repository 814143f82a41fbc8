"""``Simulator.PvInverter``: production that can be limited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.engine.memory import Command

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge, Part

HOUR = 3_600_000
GRID: Part = ("meter0", "Simulator.GridMeter.Reacting", {})


def _inverter(edge: Build, power: int, *others: Part) -> Edge:
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (power,)}),
        ("pvInverter0", "Simulator.PvInverter", {"datasource__id": "datasource0"}),
        *others,
    )


def test_it_produces_the_power_of_its_datasource_and_has_no_phases(edge: Build) -> None:
    values = _inverter(edge, 1200, GRID).after(HOUR).values
    assert values["pvInverter0/ActivePower"] == values["_sum/ProductionActivePower"] == 1200
    assert values["pvInverter0/ActiveProductionEnergy"] == 1200
    assert (values["pvInverter0/ActivePowerL1"], values["_sum/ProductionAcActivePowerL1"]) == (None, None)
    assert (values["meter0/ActivePowerL1"], values["_sum/ConsumptionActivePowerL1"]) == (-400, -400)


def test_phases_of_other_producers_are_added_without_it(edge: Build) -> None:
    values = _inverter(edge, 1200, ("meter1", "Simulator.ProductionMeter.Acting", {})).values
    assert (values["_sum/ProductionActivePower"], values["_sum/ProductionAcActivePowerL1"]) == (2400, 400)


@pytest.mark.parametrize(("power", "limit", "seen"), [(1200, 500, 500), (1200, 5000, 1200), (-100, 0, -100)])
def test_a_limit_cuts_its_power_and_says_so(edge: Build, power: int, limit: int, seen: int) -> None:
    found = _inverter(edge, power, GRID).write("pvInverter0/ActivePowerLimit", limit)
    values = found.values
    assert (values["pvInverter0/ActivePower"], values["meter0/ActivePower"]) == (seen, -seen)
    averages = found.averages()
    assert (averages["pvInverter0/SimulatedActivePower"], averages["pvInverter0/ActivePowerLimit"]) == (
        power,
        limit,
    )


def test_a_limit_holds_for_a_written_power_too_whichever_came_first(edge: Build) -> None:
    for channels in (("ActivePower", "ActivePowerLimit"), ("ActivePowerLimit", "ActivePower")):
        found = _inverter(edge, 1200)
        for channel in channels:
            found.write(f"pvInverter0/{channel}", {"ActivePower": 4000, "ActivePowerLimit": 3000}[channel])
        assert found.values["pvInverter0/ActivePower"] == 3000


def test_without_a_limit_there_is_none(edge: Build) -> None:
    assert _inverter(edge, 1200).averages().get("pvInverter0/ActivePowerLimit") is None


def test_a_limit_ends(edge: Build) -> None:
    found = _inverter(edge, 1200)
    found.simulation.command(Command("pvInverter0/ActivePowerLimit", 500, 60_000))
    assert found.after(59_999).values["pvInverter0/ActivePower"] == 500
    assert found.after(1).values["pvInverter0/ActivePower"] == 1200
    assert found.simulation.written("pvInverter0/ActivePowerLimit") is None
