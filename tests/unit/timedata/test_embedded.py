"""Blocks give back what was put into them; what is thinned or kept of a minute changes no energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numbers

from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata.embedded.block import days_of, series_in
from edge_tasks.timedata.embedded.compaction import compacted, thinned
from edge_tasks.timedata.embedded.moments import QUARTER_MS, compressed, moment
from edge_tasks.timedata.embedded.recorder import Recorder, stored
from edge_tasks.timedata.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edge_tasks.timedata.points import Values, Whole

BEGIN = 1_759_276_800_000
"""2025-10-01T00:00Z."""
IDS = {"a/Power": 7, "a/Energy": 300_000}
INTEGERS = numbers.arrays(np.int64, 200, elements=st.integers(-(2**62), 2**62))
SMALL = numbers.arrays(np.int64, 200, elements=st.integers(-5, 5))
FLOATS = numbers.arrays(np.float64, 200, elements=st.floats(-1e300, 1e300))
REGULAR = st.sampled_from([900_000, 60_000, 3_600_000]).map(lambda step: BEGIN + step * np.arange(200))
ODD = st.lists(st.integers(1, 10**8), min_size=200, max_size=200).map(lambda steps: BEGIN + np.cumsum(steps))


@given(REGULAR | ODD, st.lists(INTEGERS | SMALL | SMALL.map(np.cumsum) | FLOATS, min_size=1, max_size=4))
def test_blocks_give_back_every_value_at_its_time(times: Whole, columns: list[Values]) -> None:
    columns.append(columns[0].copy())
    days = list(days_of(times, dict(enumerate(columns))))
    assert [one.day for one in days] == sorted(set((times // DAY_MS).tolist()))
    found = series_in([one.block for one in days])
    for key, values in enumerate(columns):
        assert np.array_equal(found[key].times, times)
        assert np.array_equal(found[key].values, values)


def test_a_day_of_quarter_hours_with_constants_and_copies_is_small() -> None:
    times = BEGIN + QUARTER_MS * np.arange(96)
    power = np.random.default_rng(1).integers(0, 4_000, 96)
    columns = dict.fromkeys(range(20), power) | {key: np.full(96, key) for key in range(20, 75)}
    (day,) = days_of(times, columns)
    assert len(day.block) < 96 * 2 + 75 * 14


def test_of_two_values_at_one_moment_the_later_block_counts() -> None:
    old = compressed([moment(BEGIN, {1: 10, 2: 20}), moment(BEGIN + 1, {1: 11})])
    new = compressed([moment(BEGIN, {1: 99})])
    found = series_in([old, new])
    assert found[1].values.tolist() == [99, 11]
    assert found[2].values.tolist() == [20]


def test_only_the_wanted_channels_are_read() -> None:
    assert series_in([compressed([moment(BEGIN, {1: 10, 2: 20})])], {2}).keys() == {2}


@given(st.lists(st.integers(0, DAY_MS - 1), min_size=1, max_size=300, unique=True))
def test_what_is_thinned_has_the_ends_of_all_quarter_hours(moments: list[int]) -> None:
    times = BEGIN + np.array(sorted(moments))
    series = Series(times, np.arange(len(times)))
    kept = thinned(series)
    for begin in range(BEGIN, BEGIN + DAY_MS, QUARTER_MS):
        after, within = series.between(begin + 1, begin + QUARTER_MS), series.between(begin, begin + QUARTER_MS)
        ends = [*after.values[:1].tolist(), *within.values[-1:].tolist()]
        assert set(ends) <= set(kept.values.tolist())


@pytest.mark.parametrize(("thin", "kept"), [(False, list(range(12))), (True, [0, 2, 3, 5, 6, 8, 9, 11])])
def test_a_day_in_many_blocks_becomes_one_with_its_points(*, thin: bool, kept: list[int]) -> None:
    times = [BEGIN + 1 + 300_000 * place for place in range(12)]
    blocks = [compressed([moment(time, {1: place, 2: 5})]) for place, time in enumerate(times)]
    found = series_in([compacted(blocks, thin=thin)])
    assert found[1].values.tolist() == kept
    assert found[1].times.tolist() == [times[place] for place in kept]
    assert found[2].values.tolist() == [5] * len(kept)


def recorded(sent: Iterable[tuple[int, Mapping[str, int]]]) -> dict[int, Series]:
    recorder = Recorder()
    for time, values in sent:
        recorder.take(time, values, IDS)
    recorder.finish(IDS)
    return series_in([block for _, block in recorder.take_blocks()])


def test_of_each_minute_the_last_value_is_kept_and_of_a_quarter_hour_the_first_too() -> None:
    sent = [(BEGIN + 1_000 * second, {"a/Energy": second}) for second in range(180)]
    assert recorded(sent)[300_000].values.tolist() == [1, 59, 119, 179]


@given(st.lists(st.integers(1, 90), min_size=1, max_size=200))
def test_energies_between_quarter_hours_are_those_of_all_messages(seconds: list[int]) -> None:
    times = BEGIN + 1_000 * np.cumsum(seconds)
    every = Series(times, np.arange(len(times)))
    kept = recorded([(time, {"a/Energy": place}) for place, time in enumerate(times.tolist())])[300_000]
    for begin in range(BEGIN, int(times[-1]) + 1, QUARTER_MS):
        whole, part = (one.between(begin + 1, begin + QUARTER_MS).values for one in (every, kept))
        assert whole[:1].tolist() == part[:1].tolist()
        assert whole[-1:].tolist() == part[-1:].tolist()


def test_what_came_before_a_whole_set_does_not_count_after_it() -> None:
    whole = {f"c{place}/State": 0 for place in range(300)} | {"a/Energy": 6}
    ids = {name: place for place, name in enumerate(whole)} | {"b/Power": 999}
    recorder = Recorder()
    for second, values in enumerate([{"a/Energy": 5}, whole, {"b/Power": 1}]):
        recorder.take(BEGIN + 1_000 * second, values, ids)
    recorder.finish(ids)
    found = series_in([block for _, block in recorder.take_blocks()])[ids["a/Energy"]]
    assert found.values.tolist() == [5, 6]


def test_a_channel_without_an_id_waits_for_it() -> None:
    recorder = Recorder()
    assert recorder.take(BEGIN + 5, {"b/New": 3}, IDS)
    recorder.finish(IDS)
    assert recorder.unknown(IDS) == {"b/New"}
    recorder.resolve({"b/New": 1})
    assert series_in([block for _, block in recorder.take_blocks()])[1].values.tolist() == [3]
    assert not recorder.waiting


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (True, 1),
        (False, 0),
        (5, 5),
        (2.5, 2.5),
        ("17", 17),
        ("1.5", 1.5),
        ("abc", None),
        ("", None),
        (None, None),
    ],
)
def test_values_are_stored_as_a_backend_stores_them(sent: float | str | None, kept: float | None) -> None:
    assert stored(sent) == kept
