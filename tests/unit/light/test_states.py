"""The state machines of a whole edge: they outlive a restart and a change, and cost only when they are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge_tasks.light.engine.memory import Command
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.host import json_file, memories
from edge_tasks.light.host.memories import Snapshot
from edge_tasks.light.wire.config_changes import UPDATE, Change
from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.openems import configuration
from tests import edge_templates

if TYPE_CHECKING:
    from pathlib import Path

BEGAN = 1_795_471_800_000
HOUR = 3_600_000
RELAYS = [f"io0/InputOutput{number}" for number in range(6)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("bundled")
    return model_of(configuration.read(edge_templates.write_template(folder, edge_templates.bundled_template())))


def _update(model: Model, own_id: str, **properties: Any) -> Model:
    named = [{"name": name, "value": value} for name, value in properties.items()]
    change = Change(UPDATE, {"componentId": own_id, "properties": named}, "user", "now")
    return model_of(change.apply(model.configuration))


def _kept(simulation: Simulation, folder: Path) -> Snapshot:
    """What is read back of it from a memory file."""
    file = folder / "memory.json"
    list(memories.saved(file, [("edge0", Snapshot(simulation.memory(), "shape"))]))
    return memories.load(file)["edge0"]


writes = st.sampled_from([*RELAYS, "ess0/SetActivePowerEquals", "meter1/ActivePower", "meter3/ActivePower"])
steps = st.lists(st.tuples(st.integers(0, 3 * HOUR), writes, st.integers(-9000, 9000)), max_size=6)


@settings(deadline=None, max_examples=60)
@given(steps, st.integers(0, HOUR // 2), st.integers(0, HOUR // 2))
@example([(2, "io0/InputOutput3", 1), (59_999, "meter1/ActivePower", 0)], 0, 0)
def test_a_host_that_was_killed_has_all_states_and_times_that_one_that_was_not_has(
    model: Model, moves: list[tuple[int, str, int]], unkept: int, away: int
) -> None:
    whole = Simulation(model.plant, BEGAN)
    for width, channel, value in moves:
        whole.advance(whole.now + width)
        whole.command(Command(channel, value, whole.now + 60_000))
    kept = whole.memory()
    whole.advance(whole.now + unkept)
    back = Simulation(model.plant, whole.now + away, kept)
    back.advance(whole.now + away)
    whole.advance(whole.now + away)
    assert back.memory() == whole.memory()


@settings(deadline=None, max_examples=30)
@given(steps, st.lists(st.integers(1, HOUR), max_size=20))
def test_how_often_somebody_looks_changes_nothing(
    model: Model, moves: list[tuple[int, str, int]], looks: list[int]
) -> None:
    often, seldom = Simulation(model.plant, BEGAN), Simulation(model.plant, BEGAN)
    for width, channel, value in moves:
        for simulation in (often, seldom):
            simulation.advance(simulation.now + width)
            simulation.command(Command(channel, value, simulation.now + 60_000))
    for look in looks:
        often.advance(often.now + look)
    seldom.advance(often.now)
    assert often.memory() == seldom.memory()


def test_registers_are_read_again_from_the_file_as_they_were(model: Model, tmp_path: Path) -> None:
    simulation = Simulation(model.plant, BEGAN)
    simulation.advance(BEGAN + HOUR)
    kept = _kept(simulation, tmp_path).memory
    assert (kept.registers, kept.answers) == (simulation.memory().registers, simulation.memory().answers)
    back = Simulation(model.plant, BEGAN + HOUR, kept)
    back.advance(BEGAN + HOUR)
    assert back.memory() == simulation.memory()
    assert simulation.memory().registers.keys() == {
        "ctrlChannelSingleThreshold0",
        "ctrlChpSoc0",
        "ctrlIoHeatingElement0",
        "ctrlLimitTotalDischarge0",
    }


def test_a_memory_of_before_there_were_states_is_used(model: Model, tmp_path: Path) -> None:
    simulation = Simulation(model.plant, BEGAN)
    simulation.advance(BEGAN + HOUR)
    document = dict(memories.document(Snapshot(simulation.memory(), "shape")))
    del document["registers"], document["answers"]
    json_file.write_json(tmp_path / "memory.json", {"edge0": document})
    found = memories.load(tmp_path / "memory.json")["edge0"].memory
    assert (found.registers, found.answers) == ({}, {})
    assert Simulation(model.plant, BEGAN + HOUR, found).energies == simulation.energies


def test_another_template_begins_its_states_anew_and_keeps_its_times(model: Model, tmp_path: Path) -> None:
    simulation = Simulation(model.plant, BEGAN)
    simulation.advance(BEGAN + HOUR)
    found = _kept(simulation, tmp_path).fitting("other").memory
    assert found.registers == {}
    assert found.energies["ctrlIoHeatingElement0/Level2CumulatedTime"][0] == 3600 * HOUR


@pytest.mark.parametrize(
    ("own_id", "changed", "anew"),
    [
        ("ctrlChpSoc0", {"lowThreshold": 10}, True),
        ("ctrlLimitTotalDischarge0", {"minSoc": 20}, True),
        ("ctrlChannelSingleThreshold0", {"threshold": 30}, False),
        ("ctrlIoHeatingElement0", {"powerPerPhase": 1000}, False),
        ("ctrlChpSoc0", {"alias": "CHP"}, False),
        ("meter1", {"alias": "PV"}, False),
    ],
)
def test_a_changed_configuration_begins_those_anew_that_openems_activates_again(
    model: Model, own_id: str, changed: dict[str, Any], *, anew: bool
) -> None:
    assert _update(model, own_id, **changed).plant.renewed(model.plant) == ({own_id} if anew else set())


def test_a_relay_follows_a_setting_that_is_changed(model: Model) -> None:
    before = Simulation(model.plant, BEGAN)
    on = _update(model, "ctrlIoFixDigitalOutput0", isOn=True)
    simulation = Simulation(on.plant, BEGAN, before.memory().settled())
    assert (before.power("io0/InputOutput1"), simulation.power("io0/InputOutput1")) == (0, 1)
    off = Simulation(model.plant, BEGAN, simulation.memory().settled())
    assert off.power("io0/InputOutput1") == 0


def test_an_edge_that_nothing_happens_to_takes_a_turn_only_when_its_charge_is_another(model: Model) -> None:
    simulation = Simulation(model.plant, BEGAN)
    simulation.advance(BEGAN + 60_000)
    turns = simulation.turns
    simulation.advance(BEGAN + 60_000 + HOUR)
    assert simulation.turns - turns <= 46 + 2  # percents; and one of them passes a threshold


def test_a_flag_of_a_state_machine_that_begins_anew_is_not_set(model: Model) -> None:
    """Its battery was at the limit, and its five minutes had not passed when the limit was changed."""
    low = _update(_update(model, "ess0", initialSoc=15), "datasource0", values=[0])
    before = Simulation(low.plant, BEGAN)
    before.advance(BEGAN + 120_000)
    flag = "ctrlLimitTotalDischarge0/AwaitingHysteresis"
    assert before.power(flag) == 1
    other = _update(low, "ctrlLimitTotalDischarge0", minSoc=10)
    memory = before.memory().settled().without(other.plant.renewed(low.plant))
    assert Simulation(other.plant, BEGAN + 120_000, memory).power(flag) == 0
