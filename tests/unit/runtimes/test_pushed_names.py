from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.swarm.pushed_names import remove_pushed_names

if TYPE_CHECKING:
    from collections.abc import Iterable

REGISTRY = "registry.example.org:5000/openems"


@dataclass
class Engine:
    """One with these images, by their names."""

    here: dict[str, str]
    said: list[str] = field(default_factory=list)
    refuses: bool = False

    def images(self, names: Iterable[str]) -> dict[str, str]:
        return {name: self.here[name] for name in names if name in self.here}

    def run(self, *command: str) -> None:
        self.said.append(" ".join(command))
        if self.refuses:
            raise CommandFailed("conflict")


def said_by(registry: str, *images: str, **here: Any) -> list[str]:
    engine: Any = Engine(here["here"])
    assert remove_pushed_names(engine, registry, images) == ()
    return list(engine.said)


def test_the_name_under_which_an_image_was_pushed_goes_and_the_image_stays() -> None:
    pushed = f"{REGISTRY}/openems-edge:latest"
    here = {"openems-edge:latest": "sha256:1", pushed: "sha256:1", "python:3.12": "sha256:2"}
    assert said_by(REGISTRY, "openems-edge:latest", "python:3.12", here=here) == [f"image rm {pushed}"]


def test_a_name_without_which_an_image_would_be_lost_stays() -> None:
    pushed = f"{REGISTRY}/openems-edge:latest"
    assert said_by(REGISTRY, pushed, here={pushed: "sha256:1"}) == []
    other = {"openems-edge:latest": "sha256:2", pushed: "sha256:1"}
    assert said_by(REGISTRY, "openems-edge:latest", here=other) == [], "nothing else has that image"
    assert said_by(REGISTRY, "openems-edge:latest", here={pushed: "sha256:1"}) == []


def test_a_name_that_docker_does_not_remove_is_said_and_nothing_fails() -> None:
    pushed = f"{REGISTRY}/openems-edge:latest"
    engine: Any = Engine({"openems-edge:latest": "sha256:1", pushed: "sha256:1"}, refuses=True)
    assert remove_pushed_names(engine, REGISTRY, ("openems-edge:latest",)) == (pushed,)
