from __future__ import annotations

from dataclasses import replace

import pytest

from edge_tasks.fleet.identity import Fleet
from edge_tasks.page.energies import Asked
from edge_tasks.page.energy import KINDS
from edge_tasks.steps.energies import scope_of
from tests.unit.made_of import blueprints, whole

FLEET = Fleet("f", bytes(32), size=3, light=2)
MADE = blueprints(
    replace(whole(FLEET, households=1), name="village", zone="Africa/Kampala", ranges=(range(1),)),
    replace(whole(FLEET), name="town", ranges=(range(1, 3),), light=True),
)
OF_EDGE = {kind: channel for kind, (_, channel) in KINDS.items()}


@pytest.mark.parametrize(
    ("group", "names"), [("", ["edge0", "edge1", "edge2"]), ("village", ["edge0"]), ("town", ["edge1", "edge2"])]
)
def test_the_fleet_and_a_group_are_asked_edge_by_edge(group: str, names: list[str]) -> None:
    scope = scope_of(Asked(group=group), FLEET.edges, MADE)
    assert scope
    assert (list(scope.zones), scope.channels, scope.groups) == (names, OF_EDGE, ["village", "town"])


def test_each_edge_is_asked_for_the_days_of_its_people() -> None:
    scope = scope_of(Asked(), FLEET.edges, MADE)
    assert scope
    assert scope.zones == {"edge0": "Africa/Kampala", "edge1": "UTC", "edge2": "UTC"}
    assert scope.year.zones == ("Africa/Kampala", "UTC")


def test_an_edge_has_its_own_energies_and_its_households() -> None:
    scope = scope_of(Asked(edge="edge0"), FLEET.edges, MADE)
    assert scope
    assert (scope.zones, scope.channels) == ({"edge0": "Africa/Kampala"}, OF_EDGE)
    assert scope.households == [("meter3", "Consumption"), ("meter4", "Household 1")]


def test_a_household_has_the_counter_that_is_billed() -> None:
    scope = scope_of(Asked(edge="edge0", meter="meter4"), FLEET.edges, MADE)
    assert scope
    assert scope.channels == {"consumption": "meter4/ActiveConsumptionEnergy"}


@pytest.mark.parametrize(
    "asked",
    [Asked(group="city"), Asked(edge="edge9"), Asked(edge="edge0", meter="meter9"), Asked(edge="../edge0")],
)
def test_what_the_fleet_does_not_have_is_not_asked(asked: Asked) -> None:
    assert scope_of(asked, FLEET.edges, MADE) is None


def test_a_fleet_without_edges_has_nothing_to_be_asked() -> None:
    assert scope_of(Asked(), (), MADE) is None
