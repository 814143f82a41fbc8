"""Which points of a past are stored, and at which times."""

from __future__ import annotations

from edge_tasks.fleet import incidents as kinds
from edge_tasks.fleet.incidents import Incident
from edge_tasks.history.schedule import Schedule
from edge_tasks.timedata.span import Span


def schedule(*incidents: Incident, end: int = 1000) -> Schedule:
    return Schedule(0, end, 100, incidents)


def stored(found: Schedule) -> dict[int, int]:
    """The moments of measurements by the times of their points."""
    moments = found.moments(found.begin, found.end)
    return dict(zip(found.times(moments).tolist(), moments.tolist(), strict=True))


def test_without_incidents_a_point_is_stored_at_each_moment() -> None:
    assert stored(schedule()) == {time: time for time in range(0, 1000, 100)}
    assert (schedule().count(Span(0, 1000)), schedule().count(Span(150, 301))) == (10, 2)


def test_nothing_is_stored_in_a_gap_whose_end_is_no_part_of_it() -> None:
    found = schedule(Incident(kinds.GAP, 200, 500))
    assert list(stored(found)) == [0, 100, 500, 600, 700, 800, 900]
    assert (found.count(Span(0, 1000)), found.count(Span(200, 600))) == (7, 1)


def test_nothing_is_stored_after_an_edge_has_left() -> None:
    found = schedule(Incident(kinds.LEFT, 250, 250))
    assert (list(stored(found)), found.stop) == ([0, 100, 200], 250)


def test_points_of_a_clock_that_is_fast_are_replaced_by_those_of_the_right_time() -> None:
    found = schedule(Incident(kinds.CLOCK, 200, 500, shift_ms=200))
    assert stored(found) == {0: 0, 100: 100, 400: 200, 500: 500, 600: 600, 700: 700, 800: 800, 900: 900}


def test_points_of_a_clock_that_is_slow_replace_those_that_were_stored_before() -> None:
    found = schedule(Incident(kinds.CLOCK, 400, 700, shift_ms=-200))
    assert stored(found) == {0: 0, 100: 100, 200: 400, 300: 500, 400: 600, 700: 700, 800: 800, 900: 900}


def test_points_of_a_clock_that_is_wrong_by_less_than_a_step_replace_none() -> None:
    found = schedule(Incident(kinds.CLOCK, 400, 600, shift_ms=-130))
    assert stored(found) == {
        **{time: time for time in (0, 100, 200, 300, 600, 700, 800, 900)},
        270: 400,
        370: 500,
    }


def test_a_point_of_a_wrong_clock_replaces_none_that_was_never_heard() -> None:
    found = schedule(Incident(kinds.CLOCK, 200, 300, shift_ms=300), Incident(kinds.GAP, 500, 600))
    assert stored(found)[500] == 200
