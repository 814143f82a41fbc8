"""Light edges against what real edges told of templates that show one thing each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.openems import configuration
from tests.edge_templates import write_template
from tests.recordings.told import read_told
from tests.sample_trees import sources_of
from tests.told_trees import STEPS, TREES, power_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.recordings.columns import Value

SECOND: Final = 1_000
AHEAD: Final = 19
"""In seconds. A real datasource goes on to its second value in its first cycles."""
SETTLED: Final = 5
"""In seconds. Then all components of a real edge run."""
NEAR: Final = 5
"""In seconds, by which a real datasource is late after two minutes, because each step waits for a cycle."""


@pytest.fixture(scope="module")
def recorded() -> Mapping[str, Mapping[str, list[tuple[int, int | None]]]]:
    return read_told()


def model(name: str, folder: Path) -> Model:
    return model_of(configuration.read(write_template(folder, sources_of(TREES[name]))))


def lived(found: Model, seconds: int) -> list[Mapping[str, Value]]:
    """What a light edge had told at each second of its life."""
    simulation = Simulation(found.plant, 0, Memory({}, {}, began=-AHEAD * SECOND))
    values = ChannelValues(found.channels, simulation)
    known = json.loads(b"{%b}" % values.everything())
    seen = [known]
    for second in range(1, seconds):
        simulation.advance(second * SECOND)
        known = {**known, **json.loads(b"{%b}" % values.changes())}
        seen.append(known)
    return seen


def at(told: list[tuple[int, int | None]], second: int) -> int | None:
    return [value for moment, value in told if moment <= second][-1]


STATES: Final = ("RunFailed", "State", "Status", "Level")


def test_a_controller_that_lacks_a_channel_fails_when_a_real_one_does(
    recorded: Mapping[str, Mapping[str, list[tuple[int, int | None]]]], tmp_path: Path
) -> None:
    """Not so ``chp5``: it watches a channel that its component lacks, and not all channels are known here."""
    told = recorded["lacking"]
    ours = lived(model("lacking", tmp_path), 120)
    wrong: dict[str, object] = {}
    channels = [name for name in told if name.endswith(STATES) and not name.startswith("chp5/")]
    for name in channels:
        for second in range(SETTLED, 120):
            near = {one.get(name) for one in ours[max(0, second - NEAR) : second + NEAR]}
            if at(told[name], second) not in near:
                wrong.setdefault(name, (second, at(told[name], second), near))
    assert wrong == {}
    assert {name.partition("/")[0] for name in channels} >= {"_sum", *TREES["lacking"]} - {"scheduler0", "chp5"}


def test_what_fails_counts_as_a_real_one_counts(
    recorded: Mapping[str, Mapping[str, list[tuple[int, int | None]]]], tmp_path: Path
) -> None:
    told = recorded["lacking"]
    ours = lived(model("lacking", tmp_path), 120)[-1]
    counted = {name: at(told[name], 119) for name in told if "Cumulated" in name}
    assert {name: ours.get(name) for name in counted if counted[name] is None} == {
        name: None for name in counted if counted[name] is None
    }
    known = {name: value for name, value in counted.items() if value is not None}
    assert {
        name: (value, ours[name]) for name, value in known.items() if abs(int(ours[name] or 0) - value) > NEAR
    } == {}


def test_sums_are_those_of_a_real_edges_batteries(
    recorded: Mapping[str, Mapping[str, list[tuple[int, int | None]]]], tmp_path: Path
) -> None:
    """A cluster is not counted beside its batteries. If one gives while others take, both are counted.

    How the cluster's power is shared is by chance on a real edge, so its two batteries are not compared.
    """
    told = recorded["sums"]
    ours = lived(model("sums", tmp_path), 300)
    channels = [f"_sum/Ess{name}" for name in ("ActivePower", "DischargePower", "Capacity")]
    channels += [f"ess{number}/{name}" for number in (3, 4) for name in ("Soc", "ActivePower")]
    for name in (*channels, "ess0/ActivePower", "meter0/ActivePower"):
        for second in range(SETTLED, 300):
            near = {one[name] for one in ours[max(0, second - NEAR) : second + NEAR]}
            assert at(told[name], second) in near, (name, second)
    for name in (name for name in told if name.startswith("_sum/Ess") and name.endswith("Energy")):
        assert abs(int(ours[-1][name] or 0) - (at(told[name], 299) or 0)) <= 2, name


def test_states_of_charge_are_averaged_as_a_real_edge_does(
    recorded: Mapping[str, Mapping[str, list[tuple[int, int | None]]]], tmp_path: Path
) -> None:
    told, plant = recorded["sums"], model("sums", tmp_path).plant
    (cluster,) = plant.clusters
    for second in range(SETTLED, 300):
        each = [
            [at(told[f"ess{number}/Soc"], moment) or 0 for number in (1, 2, 3, 4)]
            for moment in (second, second - 1)
        ]
        charges = [
            [soc * one.full // 100 for soc, one in zip(socs, plant.batteries, strict=True)] for socs in each
        ]
        assert at(told["_sum/EssSoc"], second) in {plant.socs(one)[-1] for one in charges}, second
        assert at(told["ess0/Soc"], second) in {plant.soc_of(cluster, one) for one in each}, second


@pytest.mark.parametrize(("place", "step"), list(enumerate(STEPS)))
def test_batteries_that_nothing_leads_do_what_those_of_a_real_edge_do(
    recorded: Mapping[str, Mapping[str, list[tuple[int, int | None]]]], place: int, step: str, tmp_path: Path
) -> None:
    told = recorded["free"]
    tree = dict(TREES["free"])
    for number, led in enumerate(step.split()):
        if led != "off":
            tree[f"fap{number}"] = power_of(f"ess{number}", led)
    found = model_of(configuration.read(write_template(tmp_path, sources_of(tree))))
    simulation = Simulation(found.plant, 0)
    simulation.advance(10 * SECOND)
    powers = [simulation.power(f"ess{number}") for number in range(3)]
    begins = next(second for second, value in told["ess0/ActivePower"] if value)
    assert powers == [at(told[f"ess{number}/ActivePower"], begins + 30 * place + 15) for number in range(3)]
