"""Light edges with clusters, limits, charging stations and CSV datasources, against a real edge's trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.openems import configuration
from tests.edge_templates import write_template
from tests.recordings.trials import START, missed, read_trials, told
from tests.sample_trees import sources_of
from tests.trial_trees import AHEAD, TRIALS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.recordings.columns import Value
    from tests.recordings.trials import Trial

OPEN: Final = {
    "house": {
        "": "its curve is our own, and a real grid meter that acts knows the battery's power a cycle later",
    },
    "cluster": {
        "ess1/": "which battery of a cluster begins is by chance on a real edge",
        "ess2/": "the same",
    },
    "limits": {
        "evcs2/": "what is left over is summed up in it, from the first cycles on",
        "_sum/UnmanagedConsumptionActivePower": "the same is in there",
        "evcs1/Status": "a light one is ready until it charges for the first time",
    },
}
"""What is not compared, by the beginning of its name, and why."""
ON_THE_WAY: Final = 20
"""One of so many values may be missed. For a cycle, a real edge shows what its controllers have not answered."""

each_trial = pytest.mark.parametrize("name", list(TRIALS))


@pytest.fixture(scope="module")
def trials() -> Mapping[str, Trial]:
    return read_trials()


def model(name: str, folder: Path) -> Model:
    return model_of(configuration.read(write_template(folder, sources_of(TRIALS[name]))))


def compared(name: str, channels: Mapping[str, object]) -> list[str]:
    return [channel for channel in channels if not channel.startswith(tuple(OPEN[name]))]


@each_trial
def test_a_light_edge_tells_all_that_a_real_one_stored_with_its_type(
    name: str, trials: Mapping[str, Trial], tmp_path: Path
) -> None:
    ours, trial = told(model(name, tmp_path), AHEAD[name])[-1], trials[name]
    assert {channel: type(ours.get(channel)) for channel in (*trial.floats, *trial.integers)} == {
        **dict.fromkeys(trial.floats, float),
        **dict.fromkeys(trial.integers, int),
    }


@each_trial
def test_a_light_edge_tells_the_same_values_at_the_same_time(
    name: str, trials: Mapping[str, Trial], tmp_path: Path
) -> None:
    ours, trial = told(model(name, tmp_path), AHEAD[name]), trials[name]
    found = {channel: list(missed(trial, channel, ours)) for channel in compared(name, trial.values)}
    assert {key: some for key, some in found.items() if len(some) > len(trial.values[key]) // ON_THE_WAY} == {}


@each_trial
def test_a_light_edge_counts_what_a_real_one_counted(
    name: str, trials: Mapping[str, Trial], tmp_path: Path
) -> None:
    """Within 3 % or 3 Wh: the steps of a datasource are up to two seconds later on a real edge."""
    ours, trial = told(model(name, tmp_path), AHEAD[name]), trials[name]
    rises = {
        key: (_number(ours[-1], key) - _number(ours[START], key), trial.counted[key])
        for key in compared(name, trial.counted)
    }
    assert {key: both for key, both in rises.items() if abs(both[0] - both[1]) > max(3, both[1] * 0.03)} == {}


def test_something_is_compared(trials: Mapping[str, Trial]) -> None:
    assert compared("house", trials["house"].values) == []
    assert len(compared("cluster", trials["cluster"].values)) >= 9
    assert len(compared("limits", trials["limits"].values)) >= 16


def _number(values: Mapping[str, Value], channel: str) -> float:
    value = values.get(channel) or 0
    assert isinstance(value, int | float), channel
    return value
