from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from edge_tasks.light.host.beat import Beat


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


class Edge:
    def __init__(self) -> None:
        self.cycles: list[int] = []

    def cycle(self, now: int) -> None:
        self.cycles.append(now)


def _run(beat: Beat, clock: Clock, span: int, step: int = 10) -> None:
    end = clock.now + span
    while clock.now < end:
        clock.now += step
        beat.beat()


def test_each_edge_is_called_once_a_second_and_the_edges_are_spread_over_it() -> None:
    clock = Clock()
    beat, edges = Beat(clock), [Edge() for _ in range(800)]
    for place, edge in enumerate(edges):
        beat.add(edge, place)
    _run(beat, clock, 5000)
    assert all(len(edge.cycles) == 5 for edge in edges)
    assert all(
        two - one == 1000 for edge in edges for one, two in zip(edge.cycles, edge.cycles[1:], strict=False)
    )
    assert list(Counter(edge.cycles[0] for edge in edges).values()) == [8] * 100
    assert (beat.cycles, beat.late, beat.take_lag()) == (4000, 0, 0.0)


def test_a_few_neighbours_are_called_one_after_another_and_the_next_ones_at_another_time() -> None:
    clock = Clock()
    beat, edges = Beat(clock), [Edge() for _ in range(24)]
    for place, edge in enumerate(edges):
        beat.add(edge, place)
    _run(beat, clock, 1000)
    times = [edge.cycles[0] for edge in edges]
    assert [len(set(times[first : first + 8])) for first in (0, 8, 16)] == [1, 1, 1]
    assert len(set(times)) == 3


def test_what_comes_late_is_counted_and_made_up_for_within_a_second() -> None:
    clock, edge = Clock(), Edge()
    beat = Beat(clock)
    beat.add(edge, 0)
    _run(beat, clock, 3000, step=500)
    assert [moment % 1000 for moment in edge.cycles] == [0, 0, 0]
    clock.now += 900
    beat.beat()
    clock.now += 900
    beat.beat()
    assert beat.late == 1
    assert beat.take_lag() == 0.8
    assert beat.take_lag() == 0.0


def test_whole_seconds_that_were_missed_are_counted_not_made_up_for() -> None:
    clock, edge = Clock(), Edge()
    beat = Beat(clock)
    beat.add(edge, 0)
    _run(beat, clock, 2000)
    before = len(edge.cycles)
    clock.now += 60_000
    beat.beat()
    assert len(edge.cycles) - before <= 1
    assert beat.late >= 59


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    clock, edge = Clock(), Edge()
    beat = Beat(clock)
    beat.add(edge, 0)
    clock.now -= 3_600_000
    _run(beat, clock, 3000)
    assert len(edge.cycles) == 3


def test_an_edge_that_was_removed_is_not_called() -> None:
    clock, edge = Clock(), Edge()
    beat = Beat(clock)
    beat.add(edge, 7)
    beat.remove(edge, 7)
    beat.remove(edge, 7)
    _run(beat, clock, 2000)
    assert edge.cycles == []


class Sleep:
    """Lets the clock pass, until an epoch ms."""

    def __init__(self, clock: Clock, end: int) -> None:
        self.clock = clock
        self.end = end
        self.times = 0

    async def __call__(self, seconds: float) -> None:
        self.times += 1
        self.clock.now += round(1000 * seconds)
        if self.clock.now >= self.end:
            raise asyncio.CancelledError


def test_a_beat_with_one_edge_sleeps_until_it_is_due_but_never_so_long_that_a_new_edge_is_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, edge, new = Clock(), Edge(), [Edge() for _ in range(800)]
    beat, sleep = Beat(clock), Sleep(clock, 1_010_500)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    beat.add(edge, 0)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(beat.run())
    assert edge.cycles == [1_001_000 + 1000 * second for second in range(10)]
    assert sleep.times < 150  # and not a hundred in each of ten seconds
    for place, one in enumerate(new):
        beat.add(one, place)
    beat.beat()
    assert any(one.cycles for one in new)
    assert beat.late == 0
    assert beat.take_lag() < 0.1
