"""The figures that channels show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.light.engine import figures
from edge_tasks.light.engine.plant import Plant
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from edge_tasks.openems.components import Measure

POWERS = (-500, 1000, 10)
SIMULATION = Simulation(Plant((), (), (), ()), 0)


def test_a_power_and_its_phases_have_a_channel_each() -> None:
    whole, thirds = figures.power_and_phases("m/P", 1)
    assert (whole.text.names, thirds.text.names) == (("m/P",), ("m/PL1", "m/PL2", "m/PL3"))
    assert (whole.read(SIMULATION, POWERS), thirds.read(SIMULATION, POWERS)) == (1000, 333)


def test_a_reading_can_have_several_channels_of_one_value() -> None:
    shown = figures.reading(["a", "b"], figures.power(0))
    assert shown.text.of(shown.read(SIMULATION, POWERS)) == b'"a":-500,"b":-500'


def test_thirds_are_rounded_before_they_are_added() -> None:
    assert figures.power_of_phase([0, 1])(SIMULATION, POWERS) == -166 + 333
    assert figures.battery_power_of_phase([0])(SIMULATION, POWERS) == -167
    assert figures.battery_power_of_phase([0, 1, 2])(SIMULATION, POWERS) == -167 + 333 + 3


@pytest.mark.parametrize(
    ("measure", "positive", "negative"),
    [
        ("production", "m/ActiveProductionEnergy", "m/ActiveConsumptionEnergy"),
        ("consumption", "m/ActiveConsumptionEnergy", "m/ActiveProductionEnergy"),
        ("grid", "m/ActiveProductionEnergy", "m/ActiveConsumptionEnergy"),
        ("battery", "m/ActiveDischargeEnergy", "m/ActiveChargeEnergy"),
    ],
)
def test_a_counter_has_the_channels_of_what_is_measured(measure: Measure, positive: str, negative: str) -> None:
    found = figures.counter("m", measure)
    assert (found.key, found.positive, found.negative) == ("m", [positive], [negative])


@given(st.integers(-(10**9), 10**9), st.integers(1, 9))
def test_a_part_is_rounded_towards_zero(value: int, count: int) -> None:
    found = figures.part(value, count)
    assert abs(found) == abs(value) // count
    assert found * value >= 0


@given(st.integers(-30_000, 30_000))
def test_extremes_are_those_of_the_sum_that_is_asked_for(power: int) -> None:
    simulation = Simulation(Plant((), (("m", Datasource((power,), 0)),), (), ()), 0)
    for key, expected in {"_consumption": power, "_grid": power, "_production": 0}.items():
        assert figures.lowest(key)(simulation, ()) == min(0, expected)
        assert figures.highest(key)(simulation, ()) == max(0, expected)
