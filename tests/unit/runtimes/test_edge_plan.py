from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.override import LIGHT_SERVICE
from edge_tasks.fleet.directories import Written
from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.docker.edge_plan import Wanted, changes_of, compare, overdue
from edge_tasks.runtimes.plans import EdgesToStart, Surplus
from tests.containers import RUNNING as ONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.adapters.containers import Container
    from edge_tasks.fleet.identity import Edge

EDGES = Fleet(id="f", secret=bytes(32), size=3).edges
WANTED = Wanted(
    edges=EDGES,
    hashes={edge.service: {ONE.config_hash} for edge in EDGES},
    image=ONE.image,
    own_edge="openems-edge",
    has_light=False,
)
WRITTEN = {edge.name: Written("digest", 100.0) for edge in EDGES}


def container(service: str, started: float = 200.0) -> Container:
    return replace(ONE, id=f"id of {service}", name=f"platform-{service}-1", service=service, started=started)


RUNNING = [container(edge.service) for edge in EDGES]


def names(edges: Sequence[Edge]) -> list[str]:
    return [edge.name for edge in edges]


def test_edges_that_run_as_they_should_are_left_alone() -> None:
    found = compare(RUNNING, WANTED, WRITTEN)
    assert (found.make, found.restart, found.surplus) == ((), (), ())
    assert found.others == EDGES


def test_an_edge_without_a_container_gets_one() -> None:
    assert names(compare(RUNNING[:2], WANTED, WRITTEN).make) == ["edge2"]


@pytest.mark.parametrize(
    "changed",
    [{"state": "exited"}, {"config_hash": "of an older override"}, {"image": "of an older build"}],
)
def test_a_container_that_ended_or_is_of_something_else_is_created_again(changed: dict[str, str]) -> None:
    containers = [RUNNING[0], replace(RUNNING[1], **changed), RUNNING[2]]  # type: ignore[arg-type]  # texts, all
    found = compare(containers, WANTED, WRITTEN)
    assert names(found.make) == ["edge1"]
    assert names(found.others) == ["edge0", "edge2"]


def test_what_is_not_known_of_configuration_and_image_is_not_compared() -> None:
    unknown = replace(WANTED, hashes={}, image=None)
    containers = [replace(found, config_hash="any", image="any") for found in RUNNING]
    assert compare(containers, unknown, WRITTEN).others == EDGES


def test_an_edge_whose_directory_is_newer_than_its_start_is_started_again() -> None:
    containers = [container(EDGES[0].service, 99.9), container(EDGES[1].service, 100.0), RUNNING[2]]
    found = compare(containers, WANTED, WRITTEN)
    assert names(found.restart) == ["edge0"]
    assert names(found.others) == ["edge1", "edge2"]


def test_edges_beyond_the_fleet_go_with_their_volumes_and_the_platforms_own_edge_without() -> None:
    containers = [*RUNNING, container("openems-edge-3"), container("openems-edge"), container("openems-backend")]
    assert compare(containers, WANTED, WRITTEN).surplus == (
        Surplus("id of openems-edge-3", "platform-openems-edge-3-1", with_volumes=True),
        Surplus("id of openems-edge", "platform-openems-edge-1", with_volumes=False),
    )


def test_the_light_edges_container_goes_with_the_last_of_them() -> None:
    light = container(LIGHT_SERVICE)
    assert [found.id for found in compare([light], WANTED, WRITTEN).surplus] == [light.id]
    assert compare([light], replace(WANTED, has_light=True), WRITTEN).surplus == ()


@given(st.lists(st.sampled_from(["none", "ended", "old", "young", "changed"]), min_size=3, max_size=3))
def test_every_edge_is_made_restarted_or_left_alone_and_only_once(states: list[str]) -> None:
    as_it_is = {
        "ended": lambda found: replace(found, state="exited"),
        "old": lambda found: replace(found, started=1.0),
        "young": lambda found: found,
        "changed": lambda found: replace(found, config_hash="another"),
    }
    pairs = zip(RUNNING, states, strict=True)
    found = compare([as_it_is[state](one) for one, state in pairs if state != "none"], WANTED, WRITTEN)
    assert sorted(names((*found.make, *found.restart, *found.others))) == names(EDGES)


def test_an_edge_is_overdue_when_it_started_before_the_backend_read_or_long_ago() -> None:
    started = {edge.service: at for edge, at in zip(EDGES, (100.0, 150.0, 230.0), strict=True)}
    assert names(overdue(EDGES, started, backend_read=150.0, now=270.0)) == ["edge0"]
    assert names(overdue(EDGES, started, backend_read=150.0, now=270.1)) == ["edge0", "edge1"]
    assert names(overdue(EDGES, started, backend_read=231.0, now=240.0)) == ["edge0", "edge1", "edge2"]


def test_the_plan_says_in_the_edges_order_what_starts_what_starts_again_and_what_goes() -> None:
    surplus = (Surplus("id", "platform-openems-edge-7-1", with_volumes=True),)
    planned = EdgesToStart(make=EDGES[:1], restart=EDGES[2:], lost=EDGES[1:2], surplus=surplus)
    assert changes_of(planned) == (
        "start openems-edge-0",
        "restart openems-edge-1, openems-edge-2",
        "remove platform-openems-edge-7-1",
    )
    assert changes_of(EdgesToStart()) == ()
