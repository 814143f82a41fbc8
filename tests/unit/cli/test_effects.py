from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.cli.effects import Place, without_effect
from edge_tasks.cli.option import Matters
from edge_tasks.cli.options import COMMON

EVERYTHING = Place(uses_engine=True, is_bundled=True, has_light=True, tasks=frozenset({"setup"}))
EMBEDDED = replace(EVERYTHING, uses_engine=False)


@pytest.mark.parametrize(
    ("name", "place", "where"),
    [
        ("openems_version", EMBEDDED, "for the bundled platform in the docker runtime"),
        (
            "openems_version",
            replace(EVERYTHING, is_bundled=False),
            "for the bundled platform in the docker runtime",
        ),
        ("edge_heap", EMBEDDED, "in the docker runtime"),
        ("skip_build", EMBEDDED, "in the docker runtime"),
        ("profile", replace(EVERYTHING, has_light=False), "for light edges"),
        ("light_image", EMBEDDED, "for light edges in the docker runtime"),
        ("timeout", replace(EVERYTHING, tasks=frozenset({"down"})), "for verify, setup, restart and rotate-keys"),
    ],
)
def test_an_option_without_effect_is_named_with_the_place_where_it_has_one(
    name: str, place: Place, where: str
) -> None:
    line = f"{COMMON[name].option} has no effect here: it matters only {where}"
    assert without_effect([name], place) == (line,)
    assert without_effect([name], EVERYTHING) == ()


@given(st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["setup", "down", "plan"]))
def test_an_option_that_matters_everywhere_is_never_named(
    is_docker: bool,  # noqa: FBT001 - a value of the property
    is_bundled: bool,  # noqa: FBT001 - likewise
    has_light: bool,  # noqa: FBT001 - likewise
    task: str,
) -> None:
    place = Place(is_docker, is_bundled, has_light, frozenset({task}))
    named = " ".join(without_effect(COMMON, place))
    everywhere = [one.option for one in COMMON.values() if one.matters is Matters.ALWAYS]
    assert not any(f"{option} has" in named for option in everywhere)


def test_every_option_that_says_docker_in_its_help_matters_only_there() -> None:
    said = {name for name, option in COMMON.items() if "(docker)" in option.meaning}
    of_docker = (Matters.DOCKER, Matters.BUNDLED_DOCKER, Matters.LIGHT_DOCKER)
    assert said <= {name for name, option in COMMON.items() if option.matters in of_docker}
