from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.layouts import bundled_source
from edge_tasks.cli.invocation import find_invocation
from edge_tasks.cli.selection import edges_meant, selected, selected_edges
from edge_tasks.cli.session import Session
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


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=6))
def test_ranges_select_all_that_lies_in_one_of_them_however_they_are_typed(pairs: list[tuple[int, int]]) -> None:
    ranges = [tuple(sorted(pair)) for pair in pairs]
    wanted = {index for first, last in ranges for index in range(first, last + 1)}
    for text in ("{}-{}", " edge{}-edge{} ", "edge{}-{}"):
        assert selected(",".join(text.format(*both) for both in ranges), 100) == tuple(sorted(wanted))


def test_a_selection_that_does_not_parse_is_repeated_in_the_message_also_for_a_fleet_of_one() -> None:
    with pytest.raises(SettingsError, match=r"^--edge is '2-1'$"):
        selected("2-1", 1)
    with pytest.raises(SettingsError, match=r"^--edge is 'x'$"):
        selected("x", 1)


def session(folder: Path, **typed: str) -> Session:
    """A call about a fleet of three edges."""
    shutil.copytree(bundled_source(), folder / "platform")
    options = {"platform": str(folder / "platform"), "runtime": "embedded", "edges": "3", **typed}
    return Session(options, frozenset({"households"}), {}, find_invocation(None, Path.cwd(), ["households"]))


def test_the_edges_that_are_named_are_meant(tmp_path: Path) -> None:
    found = session(tmp_path, edge="0,2")
    assert [edge.name for edge in edges_meant(found)] == ["edge0", "edge2"]
    assert selected_edges(found) == edges_meant(found)


def test_all_edges_are_meant_where_none_is_named(tmp_path: Path) -> None:
    assert [edge.name for edge in edges_meant(session(tmp_path))] == ["edge0", "edge1", "edge2"]


def test_an_edge_that_the_fleet_does_not_have_is_not_meant(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no edge3"):
        edges_meant(session(tmp_path, edge="3"))
