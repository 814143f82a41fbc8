from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge

HOUR = 3_600_000
GRID = "Simulator.GridMeter.Reacting"


def _grid(edge: Build, power: int) -> Edge:
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (power,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("meter0", GRID, {}),
    )


@pytest.mark.parametrize(
    ("power", "rises", "stays"),
    [
        (2300, "ActiveProductionEnergy", "ActiveConsumptionEnergy"),
        (-2300, "ActiveConsumptionEnergy", "ActiveProductionEnergy"),
    ],
)
def test_it_has_what_is_left_and_counts_buying_as_production(
    edge: Build, power: int, rises: str, stays: str
) -> None:
    values = _grid(edge, power).after(HOUR).values
    assert values["meter0/ActivePower"] == power
    assert (values[f"meter0/{rises}"], values[f"meter0/{stays}"]) == (2300, 0)


def test_its_current_is_that_of_230_v_in_milliamperes(edge: Build) -> None:
    values = _grid(edge, 2300).values
    assert values["meter0/Voltage"] == values["meter0/VoltageL2"] == 230_000
    assert values["meter0/Current"] == 10_000
    assert [values[f"meter0/CurrentL{phase}"] for phase in (1, 2, 3)] == [3333] * 3


def test_of_several_the_first_by_id_has_all_of_it(edge: Build) -> None:
    values = edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (700,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("meter9", GRID, {}),
        ("meter0", GRID, {}),
    ).values
    assert (values["meter0/ActivePower"], values["meter9/ActivePower"]) == (700, 0)


def test_nobody_can_write_to_it(edge: Build) -> None:
    assert list(_grid(edge, 1).model.plant.writable) == ["meter3/ActivePower"]
