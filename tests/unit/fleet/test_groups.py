from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.fleet.groups import Group, GroupFault, find_fault, ranges_of
from edge_tasks.fleet.limits import MOST_EDGES

PLAIN = Group("g", (), light=False, households=0, profile="constant", seed="s")


def group(edges: str, name: str = "g", *, light: bool = False) -> Group:
    ranges = ranges_of(edges)
    assert ranges is not None
    return replace(PLAIN, name=name, ranges=ranges, light=light)


@pytest.mark.parametrize(
    ("text", "indices"),
    [("7", [7]), ("0-2", [0, 1, 2]), ("0-1,4, 6-7", [0, 1, 4, 6, 7]), ("0", [0])],
)
def test_ranges_are_written_as_people_write_them(text: str, indices: list[int]) -> None:
    found = group(text)
    assert [index for one in found.ranges for index in one] == indices
    assert found.size == len(indices)
    assert all(index in found for index in indices)
    assert found.edges == text.replace(" ", "")


@pytest.mark.parametrize("text", ["", "-1", "3-2", "0-2,2", "5,1", "1-", "a", "0-", "0,,1", str(MOST_EDGES)])
def test_what_is_no_range_or_does_not_ascend_is_none(text: str) -> None:
    assert ranges_of(text) is None


@given(st.lists(st.tuples(st.integers(1, 50), st.booleans()), min_size=1, max_size=8), st.randoms())
def test_groups_that_have_every_edge_once_are_a_fleet_in_any_order(
    parts: list[tuple[int, bool]], random: st.DrawFn
) -> None:
    first, found = 0, []
    for size, light in sorted(parts, key=lambda part: part[1]):
        found.append(replace(PLAIN, ranges=(range(first, first + size),), light=light))
        first += size
    random.shuffle(found)  # type: ignore[attr-defined] # hypothesis gives a Random
    assert find_fault(found) is None


@pytest.mark.parametrize(
    ("groups", "place", "problem"),
    [
        ([group("1-3")], 0, "no group has edge 0"),
        ([group("0-3"), group("6-7")], 1, "no group has edge 4-5"),
        ([group("6-7"), group("0-3")], 0, "no group has edge 4-5"),
        ([group("0-3", "village"), group("3-7")], 1, "edge3 is in the group village, too"),
        ([group("0-9", "village"), group("3")], 1, "edge3 is in the group village, too"),
        (
            [group("0-3", light=True), group("4")],
            1,
            "edge4 is to have a config directory, but edge3 before it is light",
        ),
    ],
)
def test_what_is_wrong_is_said_of_the_group_that_is_to_be_changed(
    groups: list[Group], place: int, problem: str
) -> None:
    fault = find_fault(groups)
    assert isinstance(fault, GroupFault)
    assert (fault.group, fault.problem) == (place, problem)


def test_a_group_that_grows_at_the_end_leaves_all_others_their_edges() -> None:
    before = [group("0-99", "village"), group("100-199", "town")]
    after = [group("0-99,200-219", "village"), before[1]]
    assert find_fault(before) is None
    assert find_fault(after) is None
    assert all(index in after[0] for index in range(100))
