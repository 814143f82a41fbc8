"""The average of a channel over the last seconds, against one that is added up millisecond by millisecond."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.light.engine.recent import Recent
from edge_tasks.openems.sources import NEVER

values = st.integers(-5, 5)
changes = st.lists(st.tuples(st.integers(1, 20), values), max_size=8)


def _known(first: int, steps: list[tuple[int, int]], length: int) -> tuple[Recent, int, list[int]]:
    """What is known after some changes, when that is, and the value of each millisecond until then."""
    recent, now, each = Recent.of((), 0, first, length), 0, [first] * 200
    value = first
    for width, after in steps:
        each += [value] * width
        now, value = now + width, after
        recent = Recent.of(recent.registers, now, value, length)
    return recent, now, each


def _above(each: list[int], length: int, threshold: int) -> bool:
    """By the rounded average of so many milliseconds; half is rounded up."""
    return 2 * sum(each[-length:]) >= (2 * threshold + 1) * length


@settings(deadline=None)
@given(values, changes, st.integers(1, 30), values)
def test_the_average_is_above_until_the_moment_that_is_said(
    first: int, steps: list[tuple[int, int]], length: int, threshold: int
) -> None:
    recent, now, each = _known(first, steps, length)
    above, until = recent.above(now, threshold)
    assert above == _above(each, length, threshold)
    assert until > now
    each += [recent.values[-1][1]] * (min(until, now + 100) - now - 1)
    assert _above(each, length, threshold) == above


@settings(deadline=None)
@given(values, changes, st.integers(1, 30), values)
def test_whoever_asks_whenever_it_is_said_sees_each_change_at_its_millisecond(
    first: int, steps: list[tuple[int, int]], length: int, threshold: int
) -> None:
    recent, now, each = _known(first, steps, length)
    value, asked, until = recent.values[-1][1], *recent.above(now, threshold)
    for moment in range(now + 1, now + 60):
        each.append(value)
        if moment >= until:
            recent = Recent.of(recent.registers, moment, value, length)
            asked, until = recent.above(moment, threshold)
        assert asked == _above(each, length, threshold)


@settings(deadline=None)
@given(values, changes, st.integers(0, 30))
def test_no_more_is_kept_than_the_time_needs_and_a_repetition_adds_nothing(
    first: int, steps: list[tuple[int, int]], length: int
) -> None:
    recent, now, _ = _known(first, steps, length)
    assert Recent.of(recent.registers, now, recent.values[-1][1], length) == recent
    assert all(since > now - length for since, _ in recent.values[1:])


def test_without_a_time_the_present_value_counts() -> None:
    recent = Recent.of(Recent.of((), 0, 9, 0).registers, 5, 3, 0)
    assert recent.above(5, 3) == (False, NEVER)
    assert recent.above(5, 2) == (True, NEVER)
