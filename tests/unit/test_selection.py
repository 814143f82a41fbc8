from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.cli.selection import selected
from edge_tasks.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "indices"), [("3", (3,)), ("edge3", (3,)), ("3-5", (3, 4, 5)), ("5,0,edge3-edge4,3", (0, 3, 4, 5))]
)
def test_edges_are_named_as_people_name_them(text: str, indices: tuple[int, ...]) -> None:
    assert selected(text, 6) == indices


@pytest.mark.parametrize("text", ["", "x", "3-", "5-3", "-1", "1.5", "3;4"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        selected(text, 6)
    assert "0,3-7" in refused.value.hint


def test_an_edge_beyond_the_fleet_is_refused_with_what_there_is() -> None:
    with pytest.raises(SettingsError, match="edge0 to edge5"):
        selected("6", 6)


@given(st.sets(st.integers(0, 99), min_size=1))
def test_a_list_of_all_indices_selects_exactly_those(indices: set[int]) -> None:
    assert selected(",".join(map(str, indices)), 100) == tuple(sorted(indices))
