from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.fleet.incidents import Incident
from edge_tasks.history.pasts import OPEN, Lack, Noted, Wish, difference, lack
from edge_tasks.history.schedule import count_of
from edge_tasks.timedata.span import Span

W = 300_000
"""Five minutes, which are an average."""
WISH = Wish(1000 * W, OPEN, 10 * W, "made of this")
GAP = Incident("gap", 1500 * W, 1700 * W)
NOTED = Noted(1000 * W, 5000 * W, 5000 * W, 10 * W, "made of this", is_whole=True)


def test_an_edge_that_never_lived_lacks_all_of_it() -> None:
    assert lack(WISH, None, None) == Lack((Span(1000 * W, OPEN),), ())


def test_what_an_edge_sent_before_is_written_anew() -> None:
    assert lack(WISH, None, 3000 * W) == Lack((Span(1000 * W, OPEN),), (Span(3000 * W, OPEN),))
    assert lack(WISH, None, 3000 * W).foreign == (Span(1000 * W, 3000 * W),)


def test_a_past_that_ends_before_the_life_leaves_a_gap_between_them() -> None:
    found = lack(replace(WISH, until=2000 * W), None, 3000 * W)
    assert found == Lack((Span(1000 * W, 2000 * W), Span(3000 * W, OPEN)), (Span(3000 * W, OPEN),))
    assert found.foreign == (Span(1000 * W, 2000 * W),)


def test_the_average_in_which_an_edge_was_born_is_its_own_too() -> None:
    assert lack(WISH, None, 3000 * W + 5) == Lack((Span(1000 * W, OPEN),), (Span(3000 * W, OPEN),))


def test_a_past_that_was_written_lacks_nothing() -> None:
    assert not lack(WISH, NOTED, 1000 * W).spans
    assert not lack(replace(WISH, until=4000 * W), NOTED, 1000 * W).spans


def test_a_past_that_is_to_be_longer_is_continued_from_its_end() -> None:
    noted = replace(NOTED, until=2000 * W)
    assert lack(replace(WISH, until=3000 * W), noted, 1000 * W).spans == (
        Span(2000 * W, 3000 * W),
        Span(5000 * W, OPEN),
    )
    assert lack(replace(WISH, until=6000 * W), noted, 1000 * W).spans == (Span(2000 * W, OPEN),)


def test_a_past_that_is_not_whole_is_written_again_and_nothing_of_it_is_foreign() -> None:
    found = lack(WISH, replace(NOTED, is_whole=False), 1000 * W)
    assert found.spans == (Span(1000 * W, OPEN),)
    assert found.foreign == ()


fives = st.integers(0, 9 * W)


@given(
    wish=st.builds(Wish, fives, st.integers(10 * W, 20 * W) | st.just(OPEN), st.just(10), st.just("")),
    noted=st.none()
    | st.builds(Noted, fives, fives, st.integers(15 * W, 20 * W), st.just(10), st.just(""), st.booleans()),
    born=st.none() | st.integers(0, 20 * W),
)
def test_what_lives_on_is_always_written_up_to_now(wish: Wish, noted: Noted | None, born: int | None) -> None:
    found = lack(wish, noted, born)
    if found.spans and (noted or born is not None):
        assert found.spans[-1].end == OPEN
        assert found.ours[-1].end == OPEN
    assert all(span for span in found.spans)


@given(
    until=st.integers(1001 * W, 6000 * W), end=st.integers(1000 * W, 6000 * W), written=st.integers(1, 4000 * W)
)
def test_nothing_is_removed_that_is_not_written_again(until: int, end: int, written: int) -> None:
    noted = replace(NOTED, until=min(1000 * W + written, end), end=end)
    found = lack(replace(WISH, until=until), noted, 1000 * W)
    for own in found.ours if found.spans else ():
        assert any(span.begin <= max(own.begin, WISH.begin) and own.end <= span.end for span in found.spans)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"begin": 2000 * W}, "from another moment on"),
        ({"every": 20 * W}, "in other steps"),
        ({"mark": "made of that"}, "of another template, profile or seed"),
        ({"incidents": (GAP,)}, "with other incidents"),
        ({"until": 3000 * W}, ""),
    ],
)
def test_what_is_wanted_otherwise_is_said(change: dict[str, object], words: str) -> None:
    assert difference(replace(WISH, **change), NOTED) == words  # type: ignore[arg-type]


def test_a_past_has_a_point_at_its_begin_and_none_at_its_end() -> None:
    assert [count_of(replace(NOTED, until=until)) for until in (NOTED.until, 5000 * W + 1, 1000 * W + 1)] == [
        400,
        401,
        1,
    ]


def test_a_past_lacks_the_points_of_its_gaps() -> None:
    assert count_of(replace(NOTED, incidents=(GAP,))) == count_of(NOTED) - 20
