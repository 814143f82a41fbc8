from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.proof.verdict import EdgeState, Verdict
from edge_tasks.steps.causes import causes, stretches
from tests.unit.steps.neighbours import FLEET

if TYPE_CHECKING:
    from collections.abc import Iterable

EDGES = {edge.name: edge for edge in replace(FLEET, size=60).edges}


def ill(indices: Iterable[int], why: str = "it does not run") -> list[Verdict]:
    return [Verdict(f"edge{index}", EdgeState.OFFLINE, why, "inv up") for index in indices]


@pytest.mark.parametrize(
    ("indices", "named"),
    [
        ([3], "edge3"),
        (range(3, 18), "edge3-edge17"),
        ([5, 4, 20, 7, 6], "edge4-edge7, edge20"),
    ],
)
def test_the_edges_of_a_cause_are_named_by_their_stretches(indices: Iterable[int], named: str) -> None:
    assert list(causes(ill(indices), EDGES)) == [f"{named}: it does not run → inv up"]


def test_each_cause_has_its_line_and_on_a_screen_only_so_many() -> None:
    verdicts = [verdict for index in range(5) for verdict in ill([index], f"reason {index}")]
    assert len(list(causes(verdicts, EDGES))) == 5
    assert list(causes(verdicts, EDGES, most=4))[3:] == [
        "edge3: reason 3 → inv up",
        "and 1 more reason",
    ]


def test_on_a_screen_very_many_stretches_are_counted() -> None:
    [line] = causes(ill(range(0, 60, 2)), EDGES, most=24)
    assert line.startswith("edge0, edge2, ")
    assert line.endswith("edge22, … (30 edges): it does not run → inv up")
    [whole] = causes(ill(range(0, 60, 2)), EDGES)
    assert "edge58:" in whole


@given(st.sets(st.integers(0, 200)))
def test_stretches_cover_exactly_what_they_were_made_of(indices: set[int]) -> None:
    found = stretches(indices)
    assert [index for first, last in found for index in range(first, last + 1)] == sorted(indices)
    assert all(later[0] - earlier[1] > 1 for earlier, later in itertools.pairwise(found))
