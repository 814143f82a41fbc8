from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks as all_tasks
from edge_tasks.cli.effects import (
    JUDGING,
    LOOKING,
    Place,
    at_work,
    can_matter,
    counting,
    counting_variables,
    own_without_effect,
    without_effect,
)
from edge_tasks.cli.option import Matters
from edge_tasks.cli.options import COMMON

ALL = {name.replace("_", "-") for name in all_tasks.namespace.task_names}

EVERYTHING = Place(uses_engine=True, is_bundled=True, has_light=True, tasks=frozenset(ALL))
EMBEDDED = replace(EVERYTHING, uses_engine=False)


def place_of(*tasks: str) -> Place:
    return replace(EVERYTHING, tasks=frozenset(tasks))


@pytest.mark.parametrize(
    ("name", "place", "where"),
    [
        ("download_from", EMBEDDED, "for the bundled platform in the docker runtime"),
        (
            "download_from",
            replace(EVERYTHING, is_bundled=False),
            "for the bundled platform in the docker runtime",
        ),
        ("edge_heap", EMBEDDED, "in the docker runtime"),
        ("skip_build", EMBEDDED, "in the docker runtime"),
        ("profile", replace(EVERYTHING, has_light=False), "for light edges"),
        ("light_image", EMBEDDED, "for light edges in the docker runtime, and in the swarm runtime"),
        ("timeout", place_of("down"), "to verify, and to tasks that need it"),
        ("timeout", place_of("gen-configs"), "to verify, and to tasks that need it"),
        ("skip_build", place_of("status"), "to build and plan, and to tasks that need them"),
        ("demo", place_of("logs"), "to odoo-init and plan, and to tasks that need them"),
        ("adopt", place_of("down"), "to gen-configs, register, plan and backfill, and to tasks that need them"),
        ("edges", place_of("status"), "to tasks that change the fleet"),
        ("profile", place_of("logs", "status"), "to tasks that change the fleet"),
    ],
)
def test_an_option_without_effect_is_named_with_the_place_where_it_has_one(
    name: str, place: Place, where: str
) -> None:
    line = f"{COMMON[name].option} has no effect here: it matters only {where}"
    assert without_effect([name], place) == (line,)
    assert without_effect([name], EVERYTHING) == ()


def test_the_image_with_python_gives_nodes_of_a_swarm_that_of_edges_also_without_light_ones() -> None:
    without_light = replace(EVERYTHING, has_light=False)
    assert len(without_effect(["light_image"], without_light)) == 1
    assert without_effect(["light_image"], replace(without_light, spans_nodes=True)) == ()


@given(st.booleans(), st.booleans(), st.booleans(), st.sets(st.sampled_from(sorted(ALL)), min_size=1))
def test_an_option_that_matters_everywhere_is_never_named(
    is_docker: bool,  # noqa: FBT001 - a value of the property
    is_bundled: bool,  # noqa: FBT001 - likewise
    has_light: bool,  # noqa: FBT001 - likewise
    tasks: set[str],
) -> None:
    place = Place(is_docker, is_bundled, has_light, frozenset(tasks))
    everywhere = ("platform", "json", "quiet", "runtime", "port_offset", "override_file")
    assert without_effect(everywhere, place) == ()


@given(
    st.sampled_from(sorted(COMMON)),
    st.sets(st.sampled_from(sorted(ALL)), min_size=1),
    st.sampled_from(sorted(ALL)),
)
def test_an_option_that_matters_to_some_tasks_matters_to_these_and_another(
    name: str, tasks: set[str], another: str
) -> None:
    if can_matter(COMMON[name], frozenset(tasks)):
        assert can_matter(COMMON[name], frozenset({*tasks, another}))


@given(st.sets(st.sampled_from(sorted(ALL)), min_size=1))
def test_only_tasks_that_change_the_fleet_take_its_size_from_what_is_typed(tasks: set[str]) -> None:
    typed = {"edges": "3", "platform": "p", "port_offset": "100", "follow": True}
    kept = counting(typed, frozenset(tasks))
    assert kept.items() <= typed.items()
    assert set(typed) - set(kept) == ({"edges"} if tasks <= LOOKING | JUDGING else set())


@given(st.sets(st.sampled_from(sorted(ALL)), min_size=1))
def test_a_variable_of_the_shell_counts_where_the_option_does(tasks: set[str]) -> None:
    values = {"edges": "3", "platform": "p", "port_offset": "100", "seed": "a"}
    environ = {f"EDGE_TASKS_{name.upper()}": value for name, value in values.items()}
    names = {f"EDGE_TASKS_{name.upper()}" for name in counting(values, frozenset(tasks))}
    assert set(counting_variables({**environ, "HOME": "/"}, frozenset(tasks))) == {*names, "HOME"}


def test_verify_alone_judges_the_fleet_that_is_there_and_otherwise_does_what_it_needs() -> None:
    verify, needed = frozenset({"verify"}), frozenset({"up", "verify"})
    assert at_work(verify, needed, has_fleet=True) == verify
    assert at_work(verify, needed, has_fleet=False) == needed
    assert at_work(verify | {"status"}, needed | {"status"}, has_fleet=True) == needed | {"status"}


@pytest.mark.parametrize(
    ("tasks", "typed", "named"),
    [
        ("verify", "period from edge", ["--edge", "--from", "--period"]),
        ("verify", "period from edge energy", []),
        ("verify truth", "period from", []),
        ("truth", "period edge", []),
        ("backfill", "remove every through_backend edge", ["--every", "--through-backend"]),
        ("backfill", "every through_backend", []),
        ("attach", "netrc", ["--netrc"]),
        ("attach", "netrc rest", []),
    ],
)
def test_an_own_option_that_needs_another_or_is_vain_beside_it_is_named(
    tasks: str, typed: str, named: list[str]
) -> None:
    lines = own_without_effect(typed.split(), frozenset(tasks.split()))
    assert sorted(line.partition(" ")[0] for line in lines) == named


def test_the_line_says_beside_what_an_own_option_matters() -> None:
    assert without_effect(["period"], place_of("verify")) == (
        "--period has no effect here: it matters only with --energy",
    )
    assert without_effect(["every", "remove"], place_of("backfill")) == (
        "--every has no effect here: it matters only without --remove",
    )


def test_every_option_that_says_docker_in_its_help_matters_only_there() -> None:
    said = {name for name, option in COMMON.items() if "(docker)" in option.meaning}
    of_docker = (Matters.DOCKER, Matters.BUNDLED_DOCKER, Matters.LIGHT_DOCKER)
    assert said <= {name for name, option in COMMON.items() if option.matters in of_docker}
