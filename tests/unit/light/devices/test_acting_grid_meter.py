"""``Simulator.GridMeter.Acting``: the grid's power comes from a datasource."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge, Part

HOUR = 3_600_000
BALANCING: Part = ("ctrlBalancing0", "Controller.Symmetric.Balancing", {"ess__id": "ess0", "meter__id": "meter0"})
BATTERY: Part = ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 1000})


def _edge(edge: Build, power: int, *others: Part) -> Edge:
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (power,)}),
        ("meter0", "Simulator.GridMeter.Acting", {"datasource__id": "datasource0"}),
        *others,
    )


@pytest.mark.parametrize(
    ("power", "rises", "stays"),
    [
        (2300, "ActiveProductionEnergy", "ActiveConsumptionEnergy"),
        (-2300, "ActiveConsumptionEnergy", "ActiveProductionEnergy"),
    ],
)
def test_it_has_the_power_of_its_datasource_and_counts_buying_as_production(
    edge: Build, power: int, rises: str, stays: str
) -> None:
    values = _edge(edge, power).after(HOUR).values
    third = power // 3 if power > 0 else -(-power // 3)
    assert [values[f"meter0/ActivePower{phase}"] for phase in ("", "L1", "L2", "L3")] == [power, *[third] * 3]
    assert (values[f"meter0/{rises}"], values[f"meter0/{stays}"]) == (2300, 0)
    assert values["_sum/GridActivePower"] == values["_sum/ConsumptionActivePower"] == power
    assert values["meter0/Voltage"] is None


def test_a_battery_takes_off_what_it_gives(edge: Build) -> None:
    found = _edge(edge, 800, BATTERY, BALANCING)
    values = found.values
    assert (values["meter0/ActivePower"], values["ess0/ActivePower"]) == (0, 800)
    assert values["_sum/ConsumptionActivePower"] == 800
    values = found.after(HOUR).values
    assert (values["meter0/ActivePower"], values["ess0/ActivePower"]) == (800, 0)
    assert (values["meter0/ActiveProductionEnergy"], values["ess0/ActiveDischargeEnergy"]) == (304, 495)


def test_production_is_consumed_because_the_grid_does_not_see_it(edge: Build) -> None:
    values = _edge(edge, 700, ("meter1", "Simulator.ProductionMeter.Acting", {})).values
    assert (values["_sum/GridActivePower"], values["_sum/ProductionActivePower"]) == (700, 700)
    assert values["_sum/ConsumptionActivePower"] == 1400


def test_a_meter_of_consumption_does_not_count_beside_it(edge: Build) -> None:
    values = _edge(edge, 700, ("meter3", "Simulator.NRCMeter.Acting", {})).values
    assert (values["meter3/ActivePower"], values["_sum/ConsumptionActivePower"]) == (700, 700)


def test_its_averages_have_the_datasources_power_too(edge: Build) -> None:
    assert _edge(edge, 700, BATTERY, BALANCING).averages()["meter0/SimulatedActivePower"] == 700


def test_without_its_datasource_it_has_no_power(edge: Build) -> None:
    assert edge(("meter0", "Simulator.GridMeter.Acting", {})).values["meter0/ActivePower"] == 0


def test_of_several_grid_meters_the_first_that_acts_has_the_batterys_power(edge: Build) -> None:
    values = _edge(
        edge,
        700,
        BATTERY,
        BALANCING,
        ("meter1", "Simulator.GridMeter.Acting", {}),
        ("grid0", "Simulator.GridMeter.Reacting", {}),
    ).values
    assert [values[f"{own_id}/ActivePower"] for own_id in ("meter0", "meter1", "grid0")] == [-300, 700, 0]
    assert (values["ess0/ActivePower"], values["_sum/GridActivePower"]) == (1000, 400)


def test_a_balance_of_a_year_by_a_curve_is_even(edge: Build) -> None:
    source = {"source": "H0_HOUSEHOLD_SUMMER_WEEKDAY_STANDARD_LOAD_PROFILE", "timeDelta": 900, "factor": 1000}
    found = edge(
        ("datasource0", "Simulator.Datasource.CSV.Predefined", source),
        ("meter0", "Simulator.GridMeter.Acting", {}),
        BATTERY,
        BALANCING,
    )
    values = found.after(365 * 24 * HOUR).values
    given = values["meter0/ActiveProductionEnergy"] + values["ess0/ActiveDischargeEnergy"]
    taken = values["meter0/ActiveConsumptionEnergy"] + values["ess0/ActiveChargeEnergy"]
    assert given - taken == pytest.approx(values["_sum/ConsumptionActiveEnergy"], abs=2)
    assert values["_sum/ConsumptionActiveEnergy"] == pytest.approx(365 * 2814, rel=0.01)
