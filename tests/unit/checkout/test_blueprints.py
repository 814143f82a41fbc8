from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge_tasks.fleet.identity import Fleet
from edge_tasks.openems.households import consumption_meters
from edge_tasks.openems.load_curve import Profile
from tests.unit.made_of import blueprints, whole

if TYPE_CHECKING:
    from edge_tasks.fleet.groups import Group

FLEET = Fleet("f", bytes(32), size=5, light=4)
BENCH = replace(whole(FLEET), name="bench", ranges=(range(1),))
VILLAGE = replace(
    whole(FLEET, households=2, profile="household", seed="2024"),
    name="village",
    ranges=(range(1, 3), range(4, 5)),
    light=True,
    zone="Africa/Kampala",
)
TOWN = replace(whole(FLEET, households=2), name="town", ranges=(range(3, 4),), light=True)


def test_an_edge_is_described_by_its_group() -> None:
    found = {one.index: one for one in blueprints(BENCH, VILLAGE, TOWN).described(FLEET.light_edges)}
    assert list(found) == [1, 2, 3, 4]
    assert {index: (one.group, one.zone) for index, one in found.items()} == {
        1: ("village", "Africa/Kampala"),
        2: ("village", "Africa/Kampala"),
        3: ("town", "UTC"),
        4: ("village", "Africa/Kampala"),
    }
    assert [meter.id for meter in consumption_meters(found[1].components)] == ["meter3", "meter4", "meter5"]
    assert found[4].source_key("meter5") == "2024/edge4/meter5"
    assert Profile.of(found[1].profile).source("consumption", 1, "k") is not None
    assert found[3].profile is None


def test_groups_with_as_many_households_share_a_template() -> None:
    _, village, town = blueprints(BENCH, VILLAGE, TOWN).each
    assert village.template is town.template


def test_an_edge_beyond_all_groups_is_made_like_the_last_ones() -> None:
    found = blueprints(BENCH, VILLAGE, TOWN)
    assert found.of(FLEET.edge(7)).group == TOWN


@pytest.mark.parametrize(
    "changed",
    [
        replace(VILLAGE, households=3),
        replace(VILLAGE, profile="office"),
        replace(VILLAGE, seed="2025"),
        replace(VILLAGE, ranges=(range(1, 5),)),
    ],
    ids=["households", "profile", "seed", "edges"],
)
def test_a_group_that_is_made_otherwise_is_another_digest(changed: Group) -> None:
    assert blueprints(BENCH, changed, TOWN).digest != blueprints(BENCH, VILLAGE, TOWN).digest


def test_what_changes_nothing_of_an_edge_changes_no_digest() -> None:
    before = blueprints(BENCH, VILLAGE, TOWN).digest
    assert blueprints(BENCH, replace(VILLAGE, name="hamlet", zone="UTC"), TOWN).digest == before
    assert blueprints(BENCH, VILLAGE, replace(TOWN, seed="unused without a profile")).digest == before


def test_the_edges_of_each_group_stay_in_their_order() -> None:
    found = blueprints(TOWN, BENCH, VILLAGE).by_group(FLEET.edges)
    assert [(made.group.name, [edge.index for edge in edges]) for made, edges in found] == [
        ("town", [3]),
        ("bench", [0]),
        ("village", [1, 2, 4]),
    ]
