"""What a light edge tells, against what a database held of a real edge of 2024.7.0 that counted its energies.

In the recorded eleven minutes the battery was charged and every meter but the grid's measured. So they show which
counters rise with that, and which stand; what nobody bought or discharged they cannot show, see ``UNPROVED``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.light.engine.memory import Command
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.openems import configuration
from tests import edge_templates
from tests.recordings import reading

if TYPE_CHECKING:
    from tests.recordings.columns import Value

AGE = 926_000
"""Ms that the edge had run at the first point: the cumulated seconds of its heating element."""
STILL = {"meter1/ActiveConsumptionEnergy", "meter2/ActiveConsumptionEnergy", "meter3/ActiveProductionEnergy"}
"""The other direction of meters that measured all the time: a power above 0 does not count there."""
UNPROVED = {
    "meter0/ActiveProductionEnergy",
    "_sum/GridBuyActiveEnergy",
    "ess0/ActiveDischargeEnergy",
    "_sum/EssActiveDischargeEnergy",
    "_sum/EssDcDischargeEnergy",
}
"""Nothing was bought and the battery was not discharged, so the recording does not show that these rise."""
CUMULATED = ("CumulatedTime", "CumulatedActiveTime")
"""Seconds that relays were on. A light edge has, but does not simulate, their controllers: it tells null."""


@pytest.fixture(scope="module")
def stored() -> list[dict[str, Value]]:
    return list(reading.read_stored().values())


@pytest.fixture(scope="module")
def first(stored: list[dict[str, Value]]) -> dict[str, Value]:
    """Each channel's first value."""
    return {name: value for point in reversed(stored) for name, value in point.items()}


@pytest.fixture(scope="module")
def last(stored: list[dict[str, Value]]) -> dict[str, Value]:
    """Each channel's last value."""
    return {name: value for point in stored for name, value in point.items()}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("bundled")
    return model_of(configuration.read(edge_templates.write_template(folder, edge_templates.bundled_template())))


def told(model: Model, age: int) -> dict[str, Any]:
    """All that an edge of this age tells."""
    simulation = Simulation(model.plant, 0)
    simulation.advance(age)
    return everything(model, simulation)


def everything(model: Model, simulation: Simulation) -> dict[str, Any]:
    return dict(json.loads(b"{%b}" % ChannelValues(model.channels, simulation).everything()))


def energies(values: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in values.items() if name.endswith("Energy") and value is not None}


def test_the_counters_are_the_recorded_ones(model: Model, last: dict[str, Value]) -> None:
    assert set(energies(told(model, AGE))) == set(energies(last))


def test_each_counter_rises_as_the_recorded_one_does(
    model: Model, stored: list[dict[str, Value]], first: dict[str, Value], last: dict[str, Value]
) -> None:
    before, after = told(model, AGE), told(model, AGE + 1000 * (len(stored) - 1))
    ours = {name: value - before[name] for name, value in energies(after).items()}
    theirs = {name: value - energies(first)[name] for name, value in energies(last).items()}
    assert {name for name, rise in ours.items() if abs(rise - theirs[name]) > 1} == set()
    assert {name for name, rise in ours.items() if rise} == {name for name, rise in theirs.items() if rise}


def test_what_was_counted_before_was_counted_by_the_same_counters(model: Model, first: dict[str, Value]) -> None:
    """In its first seconds, while the battery's power rose, the edge sold: 5 Wh."""
    ours, theirs = energies(told(model, AGE)), energies(first)
    assert {name for name, value in ours.items() if value} == {name for name, value in theirs.items() if value}
    assert {name for name in ours if abs(ours[name] - theirs[name]) > 1} == set()


def test_what_never_counted_is_known_to_stand_still_or_is_not_proved(last: dict[str, Value]) -> None:
    assert {name for name, value in energies(last).items() if not value} == STILL | UNPROVED


def test_what_is_not_proved_rises_when_the_battery_is_discharged_and_something_is_bought(model: Model) -> None:
    """By OpenEMS' description of the channels, not by a recording."""
    simulation = Simulation(model.plant, 0)
    simulation.command(Command("meter3/ActivePower", 30_000, AGE))
    simulation.advance(60_000)
    assert {name for name, value in energies(everything(model, simulation)).items() if value} >= UNPROVED


def test_a_real_counter_never_falls_but_for_the_one_that_is_computed_of_others(
    stored: list[dict[str, Value]],
) -> None:
    fallen, known = set(), dict[str, int]()
    for point in stored:
        now = energies(point)
        fallen |= {name for name, value in now.items() if value < known.get(name, 0)}
        known |= now
    assert fallen == {"_sum/ConsumptionActiveEnergy"}


def test_every_stored_channel_has_our_value_and_our_type(model: Model, stored: list[dict[str, Value]]) -> None:
    place, theirs = max(enumerate(stored), key=lambda one: len(one[1]))
    ours, types = told(model, AGE + 1000 * place), reading.read_types()
    names = {name for name in theirs if "/_Property" not in name or name in ours}
    assert names <= set(ours)
    assert len(names) > 200
    for name in names - {name for name in names if name.endswith(CUMULATED)}:
        assert types[name] == ("float" if isinstance(ours[name], float) else "integer")
        assert name.endswith("Energy") or ours[name] == theirs[name], name
