"""What a light edge tells, against what a database held of a real edge of 2024.7.0 that counted its energies.

In the recorded eleven minutes the battery was charged and every meter but the grid's measured. So they show which
counters rise with that, and which stand; what nobody bought or discharged they cannot show, see ``UNPROVED``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.light.engine.memory import Command
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.openems import configuration, felix
from tests import edge_templates
from tests.recordings import reading
from tests.recordings.comparison import AGE, Row, compare, extra

if TYPE_CHECKING:
    from tests.recordings.columns import Value

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


def _by_verdict(rows: list[Row]) -> dict[str, list[Row]]:
    return {
        verdict: [row for row in rows if row.verdict == verdict] for verdict in ("same", "differs", "left out")
    }


def test_second_by_second_a_light_edge_told_what_was_stored(model: Model, stored: list[dict[str, Value]]) -> None:
    """629 s with all counters, states and times: each value, at its type, at its second or the next one."""
    found = _by_verdict(compare(model))
    assert [f"{row.channel} differs {row.why}" for row in found["differs"]] == []
    assert sum(len(point) for point in stored) > 5000
    exactly = {row.channel for row in found["same"] if not row.why}
    assert len(exactly) > 200
    loosely = {row.channel for row in found["same"]} - exactly
    assert not [name for name in loosely if not name.endswith(("Energy", "Time", "Soc"))]


def test_what_is_left_out_are_properties_of_other_factories(model: Model) -> None:
    left_out = _by_verdict(compare(model))["left out"]
    assert {row.why for row in left_out} == {"property of another factory"}
    components = model.config["components"]
    for row in left_out:
        own_id, _, name = row.channel.partition("/_Property")
        own = {key.replace(".", "").replace("_", "").lower() for key in components[own_id]["properties"]}
        assert name.lower() not in own


def test_a_light_edge_tells_nothing_beyond_that(model: Model) -> None:
    """Its template has ``noOfCycles`` and others, which OpenEMS 2024.7.0 does not know any more."""
    assert extra(model) == []


@pytest.mark.parametrize(
    ("own_id", "name", "value", "differs"),
    [
        ("datasource1", "values", (3010,), "meter1/ActiveProductionEnergy"),
        ("ess0", "initialSoc", 29, "_sum/EssSoc"),
        ("ctrlChpSoc0", "lowThreshold", 60, "io0/InputOutput2"),
        ("ctrlChpSoc0", "mode", "MANUAL_OFF", "ctrlChpSoc0/Mode"),
        ("ctrlIoHeatingElement0", "powerPerPhase", 1000, "ctrlIoHeatingElement0/Level2CumulatedTime"),
        ("ctrlChannelSingleThreshold0", "threshold", 41, "ctrlChannelSingleThreshold0/CumulatedActiveTime"),
        ("ctrlIoFixDigitalOutput0", "isOn", True, "io0/InputOutput1"),
        ("ctrlLimitTotalDischarge0", "minSoc", 16, "ctrlLimitTotalDischarge0/MinSoc"),
    ],
)
def test_the_comparison_sees_an_edge_that_does_something_else(
    model: Model, own_id: str, name: str, value: felix.Value, differs: str
) -> None:
    configuration_ = model.configuration
    others = tuple(
        replace(one, properties={**one.properties, name: value}) if one.id == own_id else one
        for one in configuration_.components
    )
    other = model_of(replace(configuration_, components=others))
    assert differs in {row.channel for row in compare(other) if row.verdict == "differs"}
