from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.docker.service_start import have_run

if TYPE_CHECKING:
    from collections.abc import Sequence


class World:
    """A platform with containers, and what was done to it."""

    def __init__(self, *containers: Any) -> None:
        self.did: list[str] = []
        self.refuses = False
        self.stack: Any = SimpleNamespace(
            containers=lambda: containers,
            hashes=lambda: {
                name: frozenset({"new"}) for name in ("db", "backend", "openems-edge-0", "openems-edge-1")
            },
            docker=SimpleNamespace(run=self.run, images=lambda names: {name: f"id-of-{name}" for name in names}),
            compose=SimpleNamespace(up=self.up),
            project=SimpleNamespace(image=lambda service: f"image-of-{service}"),
            own_edge="openems-edge",
        )

    def run(self, *words: str) -> None:
        if self.refuses:
            raise CommandFailed("network not found")
        self.did.append(" ".join(words))

    def up(self, services: Sequence[str], *, parallel: int) -> None:
        self.did.append(f"up {' '.join(services)}, {parallel} at a time")


def container(service: str, *, state: str = "created", made_of: str = "new", image: str = "") -> Any:
    own = "openems-edge" if service.startswith("openems-edge-") else service
    return SimpleNamespace(
        id=f"of-{service}",
        service=service,
        state=state,
        config_hash=made_of,
        image=image or f"id-of-image-of-{own}",
    )


@pytest.mark.parametrize("state", ["created", "exited"])
def test_containers_that_are_as_they_should_be_are_only_started_in_one_call(state: str) -> None:
    world = World(container("openems-edge-0", state=state), container("openems-edge-1", state=state))
    have_run(world.stack, ("openems-edge-0", "openems-edge-1"), parallel=2)
    assert world.did == ["start of-openems-edge-0 of-openems-edge-1"]


def test_the_rest_is_made_by_compose() -> None:
    world = World(container("db"), container("backend", made_of="old"))
    have_run(world.stack, ("db", "backend", "openems-edge-0"), parallel=2)
    assert world.did == ["start of-db", "up backend openems-edge-0, 2 at a time"]


@pytest.mark.parametrize(
    "found", [{"made_of": "old"}, {"image": "old"}, {"state": "running"}, {"state": "paused"}, {"state": "dead"}]
)
def test_compose_decides_about_containers_that_run_or_are_made_of_something_else(found: dict[str, str]) -> None:
    world = World(container("db", **found), container("backend"))
    have_run(world.stack, ("db",), parallel=1)
    assert world.did == ["up db, 1 at a time"]


def test_a_service_with_several_containers_is_only_started_if_all_of_them_fit() -> None:
    world = World(container("db"), container("db", made_of="old"))
    have_run(world.stack, ("db",), parallel=1)
    assert world.did == ["up db, 1 at a time"]


def test_if_the_engine_refuses_compose_mends_it_or_says_why() -> None:
    world = World(container("db"))
    world.refuses = True
    have_run(world.stack, ("db",), parallel=1)
    assert world.did == ["up db, 1 at a time"]
