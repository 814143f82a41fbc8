from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.errors import CommandFailed
from edge_tasks.plan import Plan
from edge_tasks.runtimes.plans import EdgesToStart
from edge_tasks.runtimes.swarm import edges as swarm_edges
from edge_tasks.runtimes.swarm.edge_reasons import Needs
from edge_tasks.runtimes.swarm.edges import SwarmEdges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.runtimes.swarm.edge_services import EdgeServices

GREEN = Plan(("give the edges' image to green",), "", EdgesToStart(to_give={"n2": "green"}))


@dataclass
class Giver:
    """Gives nodes the image, or not; after some looks no task complains any more.

    Attributes:
        complaints: the nodes that tasks name, look by look; the last stays.
    """

    failed: dict[str, str] = field(default_factory=dict)
    complaints: list[set[str]] = field(default_factory=lambda: [set()])
    did: str = ""
    called: str = "sha256:1"

    def give(self, nodes: Mapping[str, str]) -> None:
        self.did = self.did or f"{len(nodes) - len(self.failed)} given" if nodes else ""

    def complaining(self, _tasks: object) -> set[str]:
        return self.complaints.pop(0) if len(self.complaints) > 1 else self.complaints[0]


def edges_with(giver: Giver) -> SwarmEdges:
    needs = Needs("openems-edge:latest", "400m", 1, by_manager=True)
    services = SimpleNamespace(giver=giver, needs=needs, tasks=dict)
    nothing: Any = None
    return SwarmEdges(nothing, nothing, nothing, cast("EdgeServices", services))


def test_who_is_given_the_image_while_the_backend_starts_is_told_with_the_edges() -> None:
    edges = edges_with(Giver())
    edges.make_ready(GREEN)
    assert edges.start(GREEN) == "1 given"


def test_without_nodes_that_lack_the_image_nothing_is_told_of_it() -> None:
    assert edges_with(Giver()).start(Plan((), "", EdgesToStart())) == ""


def test_edges_are_waited_for_whose_node_has_just_been_given_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swarm_edges, "until", lambda *_: True)
    giver = Giver(complaints=[{"green"}, {"green"}, set()])
    edges_with(giver).start(GREEN)
    assert giver.complaints == [set()]


def test_a_node_that_docker_has_chosen_and_that_cannot_be_given_the_image_is_an_error() -> None:
    with pytest.raises(CommandFailed, match=r"green lacks the image openems-edge:latest \(green: it is full\)"):
        edges_with(Giver(failed={"green": "it is full"}, complaints=[{"green"}])).start(GREEN)


def test_a_node_that_cannot_be_given_the_image_and_is_not_needed_is_none() -> None:
    assert edges_with(Giver(failed={"green": "it is full"})).start(GREEN) == "0 given"
