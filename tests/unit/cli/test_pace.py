from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.cli.pace import EVERY_S, Due, Pace
from tests.clock import Clock


def test_a_step_of_less_than_five_seconds_says_nothing() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    clock.now += 4.9
    assert pace.told(9) is None
    assert pace.heard() is None


def test_a_long_one_says_how_far_it_is_and_how_long_the_rest_takes_by_its_pace_so_far() -> None:
    clock = Clock()
    pace = Pace(1000, clock)
    said = []
    for done in range(0, 1000, 50):
        said.append(pace.told(done))
        clock.now += 1
    assert [due for due in said if due] == [
        Due("250 of 1,000", ", about 15 s left"),
        Due("500 of 1,000", ", about 10 s left"),
        Due("750 of 1,000", ", about 5 s left"),
    ]


def test_what_was_there_before_the_step_began_is_no_pace() -> None:
    clock = Clock()
    pace = Pace(1000, clock)
    pace.told(900)
    clock.now += 5
    assert pace.told(905) == Due("905 of 1,000", ", about 95 s left")


def test_a_step_that_stands_still_promises_nothing() -> None:
    clock = Clock()
    pace = Pace(1000, clock)
    pace.told(40)
    clock.now += 6
    assert pace.told(40) == Due("40 of 1,000", "")


def test_a_step_that_counts_nothing_says_how_long_it_goes_on() -> None:
    clock = Clock()
    pace = Pace(None, clock)
    clock.now += 25
    assert pace.heard() == Due("25 s", "")


def test_a_step_whose_total_nobody_knows_says_how_many_are_done() -> None:
    clock = Clock()
    pace = Pace(None, clock)
    clock.now += 5
    assert pace.told(7) == Due("7", "")


def test_a_total_that_becomes_known_later_is_counted_to() -> None:
    clock = Clock()
    pace = Pace(None, clock)
    pace.told(0)
    clock.now += 5
    assert pace.told(1, 3) == Due("1 of 3", ", about 10 s left")


def test_the_last_one_leaves_nothing_to_wait_for() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    pace.told(0)
    clock.now += 5
    assert pace.told(10) == Due("10 of 10", "")


@given(st.lists(st.tuples(st.floats(0.1, 9), st.integers(0, 50)), max_size=30))
def test_two_lines_are_never_less_than_five_seconds_apart(course: list[tuple[float, int]]) -> None:
    clock = Clock()
    pace = Pace(1000, clock)
    said, done = [clock.now], 0
    for seconds, gained in course:
        clock.now += seconds
        done += gained
        due = pace.told(done)
        assert (due is not None) == (clock.now - said[-1] >= EVERY_S)
        if due:
            said.append(clock.now)
            assert due.done == (f"{done:,} of 1,000")
