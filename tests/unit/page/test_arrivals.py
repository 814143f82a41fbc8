"""When the edges of a fleet came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.page.arrivals import arrivals_of, quantile

TIMES = st.lists(st.floats(-100, 100))


def test_edges_that_were_there_before_or_came_again_later_do_not_stretch_the_chart() -> None:
    arrivals = arrivals_of([-86_400.0, 1.5, 0.5, 90_000.0], 2.0)
    assert arrivals.columns == [[0.0, 0.5, 1.5, 2.0], [1, 2, 3, 3]]
    assert arrivals.later == 1


@given(TIMES, st.floats(0, 100))
def test_each_edge_is_counted_once_and_the_chart_ends_with_the_bringing_up(
    came_s: list[float], took_s: float
) -> None:
    arrivals = arrivals_of(came_s, took_s)
    times, counts = arrivals.columns
    assert arrivals.before + len(arrivals.during) + arrivals.later == len(came_s)
    assert (times[0], times[-1]) == (0.0, took_s)
    assert counts == sorted(counts)
    assert counts[-1] == len(came_s) - arrivals.later


NOBODY = "No edge came while the fleet was brought up."
LATER = "1 edge came later, maybe again, and is not in the chart."
EACH = (
    "An edge counts from when it connected, in seconds since the first step began: half of 1"
    " within 1.0 s, nine of ten within 1.0 s, the last after 1.0 s. 1 edge was there before. 2 edges came"
    " later, maybe again, and are not in the chart."
)


@pytest.mark.parametrize(
    ("came_s", "note"),
    [
        ([], NOBODY),
        ([-5.0, -4.0], f"{NOBODY} 2 edges were there before."),
        ([9.0], f"{NOBODY} {LATER}"),
        ([-1.0, 1.0, 8.0, 9.0], EACH),
    ],
)
def test_the_note_says_who_is_in_the_chart_and_who_is_not(came_s: list[float], note: str) -> None:
    assert arrivals_of(came_s, 2.0).note("it connected") == note


@given(st.lists(st.floats(0, 100), min_size=1).map(sorted), st.floats(0, 1))
def test_a_quantile_is_one_of_the_values_and_grows_with_its_share(ordered: list[float], share: float) -> None:
    found, last = quantile(ordered, share), quantile(ordered, 1.0)
    assert found in ordered
    assert last == ordered[-1]


def test_of_nothing_there_is_no_quantile() -> None:
    assert quantile([], 0.5) is None
