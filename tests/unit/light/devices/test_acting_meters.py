"""The meters of production and of consumption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge

HOUR = 3_600_000
COUNTERS = {
    "Simulator.ProductionMeter.Acting": ("ActiveProductionEnergy", "ActiveConsumptionEnergy"),
    "Simulator.NRCMeter.Acting": ("ActiveConsumptionEnergy", "ActiveProductionEnergy"),
}
each_meter = pytest.mark.parametrize("pid", COUNTERS)


def _meter(edge: Build, pid: str, *values: int, time_delta: int = -1) -> Edge:
    source = {"values": values, "timeDelta": time_delta}
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", source),
        ("meter5", pid, {"datasource__id": "datasource0"}),
    )


@each_meter
@pytest.mark.parametrize(("power", "rises"), [(500, 0), (-500, 1)])
def test_its_energy_is_counted_where_a_real_one_counts_it(edge: Build, pid: str, power: int, rises: int) -> None:
    values = _meter(edge, pid, power).after(2 * HOUR).values
    assert values[f"meter5/{COUNTERS[pid][rises]}"] == 1000
    assert values[f"meter5/{COUNTERS[pid][1 - rises]}"] == 0


@each_meter
@given(
    powers=st.lists(st.integers(-20_000, 20_000), min_size=1, max_size=6), steps=st.lists(st.integers(1, HOUR))
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_its_counters_never_fall_and_differ_by_what_it_measured(
    edge: Build, pid: str, powers: list[int], steps: list[int]
) -> None:
    found = _meter(edge, pid, *powers, time_delta=60)
    positive, negative = (f"meter5/{name}" for name in COUNTERS[pid])
    before = found.values
    for step in steps:
        after = found.after(step).values
        assert after[positive] >= before[positive]
        assert after[negative] >= before[negative]
        net = found.simulation.net()[found.model.plant.place["meter5"]] / HOUR
        assert abs(after[positive] - after[negative] - net) < 1
        before = after


@each_meter
def test_a_power_is_spread_over_three_phases(edge: Build, pid: str) -> None:
    values = _meter(edge, pid, -500).values
    assert [values[f"meter5/ActivePower{phase}"] for phase in ("", "L1", "L2", "L3")] == [-500, -166, -166, -166]


@each_meter
def test_a_written_power_takes_the_place_of_the_datasource(edge: Build, pid: str) -> None:
    assert _meter(edge, pid, 500).write("meter5/ActivePower", 4000).values["meter5/ActivePower"] == 4000


@each_meter
@pytest.mark.parametrize("source", [{}, {"datasource__id": "none9"}, {"datasource__id": "meter5"}])
def test_without_its_datasource_it_has_no_power(edge: Build, pid: str, source: dict[str, Any]) -> None:
    assert edge(("meter5", pid, source)).values["meter5/ActivePower"] == 0


@each_meter
def test_a_meter_that_is_switched_off_has_no_channels(edge: Build, pid: str) -> None:
    values = edge(("meter5", pid, {"enabled": False})).values
    assert not [name for name in values if name.startswith("meter5/")]
