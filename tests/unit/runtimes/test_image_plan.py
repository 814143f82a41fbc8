from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from edge_tasks.openems.artifacts import Artifact
from edge_tasks.runtimes.docker.image_plan import (
    BuildContext,
    ImageFacts,
    Origin,
    changes_of,
    to_build,
    to_fetch,
)
from edge_tasks.runtimes.plans import ImagesToMake

FOLDER = Path("/platform/openems-edge")
FACTS = ImageFacts(
    names={"db": "postgres:15", "edge": "platform-edge"},
    here={"postgres:15": "sha256:1", "platform-edge": "sha256:2"},
    contexts={"edge": BuildContext(FOLDER, "digest", newest=50.0)},
    built={"edge": ("digest", "sha256:2")},
    origins={},
)
BY_HAND = replace(FACTS, built={}, origins={"edge": Origin(created=50.0, by_compose=False)})


def test_what_is_here_and_was_built_by_us_of_the_same_is_left_alone() -> None:
    assert to_build(FACTS, ()) == ()
    assert to_fetch(FACTS) == ()
    assert FACTS.missing == ()


def test_an_image_that_is_not_here_is_built_where_it_can_be_and_fetched_where_not() -> None:
    facts = replace(FACTS, here={})
    assert to_build(facts, ()) == ("edge",)
    assert to_fetch(facts) == ("db",)
    assert facts.missing == ("postgres:15", "platform-edge")


def test_an_image_that_we_built_of_something_else_is_built_again() -> None:
    assert to_build(replace(FACTS, built={"edge": ("other files", "sha256:2")}), ()) == ("edge",)
    assert to_build(replace(FACTS, built={"edge": ("digest", "sha256:of somebody")}), ()) == ("edge",)


def test_an_image_that_was_built_by_hand_counts_until_a_newer_file_lies_there() -> None:
    assert to_build(BY_HAND, ()) == ()
    older = replace(BY_HAND, origins={"edge": Origin(created=49.9, by_compose=False)})
    assert to_build(older, ()) == ("edge",)


def test_an_image_that_compose_built_of_what_nobody_knows_is_built_again() -> None:
    by_compose = replace(BY_HAND, origins={"edge": Origin(created=99.0, by_compose=True)})
    assert to_build(by_compose, ()) == ("edge",)


def test_a_file_that_is_still_to_come_has_the_image_built_that_is_made_from_it() -> None:
    jar = Artifact("https://host/openems-edge.jar", FOLDER / "openems-edge.jar")
    addon = Artifact("https://host/addon.tar.gz", Path("/platform/odoo/addon.tar.gz"))
    assert to_build(FACTS, (jar,)) == ("edge",)
    assert to_build(FACTS, (addon,)) == ()


def test_the_plan_names_files_images_and_what_is_unpacked() -> None:
    jar = Artifact("https://host/openems-edge.jar", FOLDER / "openems-edge.jar")
    everything = ImagesToMake((jar,), ("edge",), ("db",), install_program=True, unpack_bundles=True)
    assert changes_of(everything, FACTS.names) == (
        "download https://host/openems-edge.jar",
        "build platform-edge",
        "fetch postgres:15",
        "install the light edges' program",
        "unpack the edges' bundles",
    )
    assert changes_of(ImagesToMake(), FACTS.names) == ()
