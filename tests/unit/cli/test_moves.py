from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.cli.moves import check_moves, left_by, moves_of
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.saved import Saved

FLEET = Fleet(id="f", secret=b"s" * 32, size=3)
DOCKER = Saved(FLEET, "docker", "docker-compose.override.yml")
EMBEDDED = replace(DOCKER, runtime="embedded")
PLACES = st.builds(
    Saved,
    st.just(FLEET),
    st.sampled_from(["docker", "embedded"]),
    st.just("o.yml"),
    st.dictionaries(st.just("project_name"), st.sampled_from(["a", "b"])),
)


@pytest.mark.parametrize(
    ("wanted", "option"),
    [
        (EMBEDDED, "--runtime"),
        (replace(DOCKER, extras={"project_name": "other"}), "--project-name"),
        (replace(DOCKER, override_file="docker-compose.edges.yml"), "--override-file"),
        (replace(DOCKER, fleet=replace(FLEET, port_offset=1000)), "--port-offset"),
    ],
)
def test_a_choice_that_moves_a_running_fleet_is_refused_with_what_to_type_first(
    wanted: Saved, option: str
) -> None:
    moves = moves_of(DOCKER, wanted)
    assert [move.option for move in moves] == [option]
    with pytest.raises(SettingsError, match=f"is running .db, odoo16.*{option} from .* to ") as no:
        check_moves(moves, ("db", "odoo16"))
    assert no.value.hint.startswith("inv down")


def test_a_fleet_that_does_not_run_may_be_moved() -> None:
    check_moves(moves_of(DOCKER, EMBEDDED), ())


def test_another_size_and_other_settings_do_not_move_it() -> None:
    wanted = replace(DOCKER, fleet=replace(FLEET, size=9, reserve=3), extras={"edge_heap": "256m"})
    assert moves_of(DOCKER, wanted) == ()
    assert moves_of(None, wanted) == ()


def test_the_name_of_a_compose_project_means_nothing_in_the_embedded_runtime() -> None:
    assert moves_of(EMBEDDED, replace(EMBEDDED, extras={"project_name": "other"})) == ()


def test_a_default_that_was_saved_and_one_that_was_not_are_the_same_place() -> None:
    assert moves_of(DOCKER, replace(DOCKER, extras={"project_name": ""})) == ()


def test_what_is_left_in_docker_is_found_again_after_the_move_to_the_embedded_runtime() -> None:
    assert left_by(DOCKER, EMBEDDED, ()) == (DOCKER,)
    assert left_by(EMBEDDED, DOCKER, (DOCKER,)) == (EMBEDDED,)


@given(st.lists(PLACES, min_size=2, max_size=8))
def test_however_often_a_fleet_moves_every_place_but_the_present_one_is_noted_once(places: list[Saved]) -> None:
    former: tuple[Saved, ...] = ()
    for before, after in pairwise(places):
        former = left_by(before, after, former)

    def key(one: Saved) -> tuple[str, object]:
        return one.runtime, one.extras.get("project_name", "") if one.runtime == "docker" else ""

    noted = [key(one) for one in former]
    assert len(set(noted)) == len(noted)
    assert set(noted) == {key(one) for one in places} - {key(places[-1])}
