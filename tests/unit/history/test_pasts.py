from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.history.pasts import OPEN, Lack, Noted, Wish, difference, lack
from edge_tasks.timedata.span import Span

WISH = Wish(1000, OPEN, 10, "made of this")
NOTED = Noted(1000, 5000, 5000, 10, "made of this", is_whole=True)


def test_an_edge_that_never_lived_lacks_all_of_it() -> None:
    assert lack(WISH, None, None) == Lack((Span(1000, OPEN),), ())


def test_what_an_edge_sent_before_is_written_anew() -> None:
    assert lack(WISH, None, 3000) == Lack((Span(1000, OPEN),), (Span(3000, OPEN),))
    assert lack(WISH, None, 3000).foreign == (Span(1000, 3000),)


def test_a_past_that_ends_before_the_life_leaves_a_gap_between_them() -> None:
    found = lack(replace(WISH, until=2000), None, 3000)
    assert found == Lack((Span(1000, 2000), Span(3000, OPEN)), (Span(3000, OPEN),))
    assert found.foreign == (Span(1000, 2000),)


def test_a_past_that_was_written_lacks_nothing() -> None:
    assert not lack(WISH, NOTED, 1000).spans
    assert not lack(replace(WISH, until=4000), NOTED, 1000).spans


def test_a_past_that_is_to_be_longer_is_continued_from_its_end() -> None:
    noted = replace(NOTED, until=2000)
    assert lack(replace(WISH, until=3000), noted, 1000).spans == (Span(2000, 3000), Span(5000, OPEN))
    assert lack(replace(WISH, until=6000), noted, 1000).spans == (Span(2000, OPEN),)


def test_a_past_that_is_not_whole_is_written_again_and_nothing_of_it_is_foreign() -> None:
    found = lack(WISH, replace(NOTED, is_whole=False), 1000)
    assert found.spans == (Span(1000, OPEN),)
    assert found.foreign == ()


@given(
    wish=st.builds(Wish, st.integers(0, 9), st.integers(10, 20) | st.just(OPEN), st.just(10), st.just("")),
    noted=st.none()
    | st.builds(
        Noted, st.integers(0, 9), st.integers(9, 15), st.integers(15, 20), st.just(10), st.just(""), st.booleans()
    ),
    born=st.none() | st.integers(0, 20),
)
def test_what_lives_on_is_always_written_up_to_now(wish: Wish, noted: Noted | None, born: int | None) -> None:
    found = lack(wish, noted, born)
    if found.spans and (noted or born is not None):
        assert found.spans[-1].end == OPEN
        assert found.ours[-1].end == OPEN
    assert all(span for span in found.spans)
    covered = [
        moment for span in (*found.foreign, *found.ours) for moment in range(span.begin, min(span.end, 30))
    ]
    assert {moment for span in found.spans for moment in range(span.begin, min(span.end, 30))} <= set(covered)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"begin": 2000}, "from another moment on"),
        ({"every": 20}, "in other steps"),
        ({"mark": "made of that"}, "of another template, profile or seed"),
        ({"until": 3000}, ""),
    ],
)
def test_what_is_wanted_otherwise_is_said(change: dict[str, object], words: str) -> None:
    assert difference(replace(WISH, **change), NOTED) == words  # type: ignore[arg-type]


def test_a_past_has_a_point_at_its_begin_and_none_at_its_end() -> None:
    assert (NOTED.count, replace(NOTED, until=5001).count, replace(NOTED, until=1001).count) == (400, 401, 1)
