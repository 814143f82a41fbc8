from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.adapters.swarm_stack import StackTask
from edge_tasks.errors import CommandFailed
from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.docker.edge_plan import Difference
from edge_tasks.runtimes.swarm import edges_starting
from edge_tasks.runtimes.swarm.edge_reasons import Needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.swarm.edge_services import EdgeServices

EDGES = Fleet("0193", bytes(32), size=3).edges
NAMES = [edge.service for edge in EDGES]


def task(index: int, key: str, state: str = "running", error: str = "") -> StackTask:
    wanted = "running" if state in ("running", "pending") else "ready"
    return StackTask("a", state, wanted, error, "1", NAMES[index], key, 0.0)


@dataclass
class Services:
    """Services of which the first is deployed as it should be; what is begun brings these tasks."""

    folder: Path
    found: list[StackTask]
    did: list[tuple[str, Sequence[str]]] = field(default_factory=list)
    placement: str = "any"
    brings: Sequence[StackTask] = ()
    by_manager: bool = False
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def stack(self) -> Any:
        online = {edge.name: True for edge in EDGES}
        return SimpleNamespace(
            context=SimpleNamespace(
                platform=SimpleNamespace(edges_folder=self.folder), choices={"placement": self.placement}
            ),
            status=SimpleNamespace(is_late=False, online=lambda _names: online),
        )

    @property
    def deployed(self) -> Any:
        return SimpleNamespace(cores=lambda everywhere: 6 if everywhere else 2, restart=self.restart)

    def restart(self, names: Sequence[str]) -> None:
        self._did("restart", names)

    @property
    def needs(self) -> Needs:
        return Needs("openems-edge:latest", "400m", 1, self.by_manager)

    @property
    def giver(self) -> Any:
        return SimpleNamespace(failed=self.failed)

    def tasks(self) -> dict[str, list[StackTask]]:
        return {name: [one for one in self.found if one.service == name] for name in NAMES}

    def find(self, edges: Sequence[Edge], _written: Mapping[str, object]) -> Difference:
        return Difference(tuple(edges[1:]), (), tuple(edges[:1]), ())

    def deploy(self, edges: Sequence[Edge], _written: Mapping[str, object]) -> None:
        self._did("deploy", [edge.service for edge in edges])

    def _did(self, what: str, names: Sequence[str]) -> None:
        self.did.append((what, list(names)))
        self.found = [*(one for one in self.brings if one.service in names), *self.found]


def way(services: Services) -> Any:
    return edges_starting.way_of(cast("EdgeServices", services), EDGES)


def test_as_many_edges_start_together_as_the_nodes_have_processors(tmp_path: Path) -> None:
    assert way(Services(tmp_path, [])).batch == 6
    assert way(Services(tmp_path, [], placement="node.role==worker")).batch == 2


def test_what_differs_is_deployed_and_what_does_not_begins_anew(tmp_path: Path) -> None:
    services = Services(tmp_path, [], brings=[task(index, "new") for index in range(3)])
    way(services).begin(NAMES)
    assert services.did == [("deploy", NAMES[1:]), ("restart", NAMES[:1])]


def test_an_edge_is_connected_only_by_a_task_that_has_begun_since(tmp_path: Path) -> None:
    waits = task(1, "waits", "pending", "no suitable node")
    services = Services(tmp_path, [task(0, "old"), task(1, "older")])
    services.brings = [task(0, "new"), waits, task(2, "first")]
    started = way(services)
    started.begin(NAMES)
    assert started.watch().connected() == {NAMES[0], NAMES[2]}


def test_edges_begin_when_their_nodes_have_fetched_the_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = iter(["preparing", "preparing", "running"])
    monkeypatch.setattr(edges_starting, "_PAUSE_S", 0.0)

    class Fetching(Services):
        def tasks(self) -> dict[str, list[StackTask]]:
            return {NAMES[0]: [task(0, "new", next(states) if self.did else "preparing")]}

    way(Fetching(tmp_path, [])).begin(NAMES[:1])
    assert next(states, "all were seen") == "all were seen"


def test_an_edge_that_waits_for_a_node_was_not_turned_away(tmp_path: Path) -> None:
    services = Services(tmp_path, [task(0, "1"), task(1, "2", "pending", "no suitable node")])
    assert way(services).again(NAMES) == NAMES[:1]
    assert services.did == [("restart", NAMES[:1])]


def test_nodes_without_the_image_end_the_start_and_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edges_starting, "_PAUSE_S", 0.0)
    error = without_image(tmp_path)
    assert error.message == "a lacks the image openems-edge:latest"
    assert "docker save openems-edge:latest | ssh a docker load" in error.hint


def without_image(folder: Path, called: str = "sha256:1", **how: Any) -> CommandFailed:
    """How the start ends of an edge whose node lacks the image."""
    services = Services(folder, [task(0, "1", "rejected", f"No such image: {called}")], **how)
    with pytest.raises(CommandFailed) as raised:
        way(services).watch().connected()
    return raised.value


def test_a_node_that_the_manager_gives_the_image_gets_it_with_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edges_starting, "_PAUSE_S", 0.0)
    assert without_image(tmp_path, by_manager=True).hint == "inv up"
    assert "pull edge@sha256:1 says why" in without_image(tmp_path, "edge@sha256:1", by_manager=True).hint


def test_a_node_that_could_not_be_given_the_image_is_named_with_the_reason_and_the_way_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edges_starting, "_PAUSE_S", 0.0)
    error = without_image(tmp_path, by_manager=True, failed={"a": "its disk is full", "b": "it is down"})
    assert error.message == "a lacks the image openems-edge:latest (a: its disk is full)"
    assert error.hint.startswith("docker save openems-edge:latest | ssh a docker load")
