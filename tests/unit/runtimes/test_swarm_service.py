from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.adapters.swarm import Node, SwarmTask
from edge_tasks.cli.options import SETTINGS
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.saved import State
from edge_tasks.runtimes.docker import light_container
from edge_tasks.runtimes.docker.storage import Storage
from edge_tasks.runtimes.swarm.light_service import SPEC, LightTasks, constraints_of
from edge_tasks.runtimes.swarm.reasons import begins_by_itself, fitting_no_node, lacking_image, why_not
from edge_tasks.runtimes.swarm.stack import SwarmStack

if TYPE_CHECKING:
    from pathlib import Path

WANTED = LightTasks(
    fleet_id="0193",
    image="python:3.12-slim",
    is_local=False,
    program="abc",
    bootstrap="print()",
    architecture="amd64",
    placement=(),
    layout="0",
    token="a secret word",  # noqa: S106 - of this test
)


def test_a_task_is_told_its_slot_and_node_and_nothing_secret() -> None:
    words = WANTED.creation(3)
    assert "SLOT={{.Task.Slot}}" in words
    assert "NODE={{.Node.Hostname}}" in words
    assert words[-5:] == ("python3", "python:3.12-slim", "-u", "-c", "print()")
    assert WANTED.token not in " ".join(words)
    assert WANTED.token not in repr(WANTED)


def test_how_many_tasks_there_are_is_no_reason_to_make_them_anew() -> None:
    assert f"{SPEC}={WANTED.spec}" in WANTED.creation(1)
    assert f"{SPEC}={WANTED.spec}" in WANTED.creation(40)


@pytest.mark.parametrize(
    "other",
    [
        replace(WANTED, image="python:3.13"),
        replace(WANTED, program="abd"),
        replace(WANTED, placement=("node.role==worker",)),
        replace(WANTED, layout="3"),
        replace(WANTED, registry="registry:5000"),
    ],
)
def test_tasks_that_would_run_otherwise_are_made_anew(other: LightTasks) -> None:
    assert other.spec != WANTED.spec


def test_another_token_is_another_secret_since_a_secret_cannot_be_changed() -> None:
    assert replace(WANTED, token=WANTED.token[::-1]).secret != WANTED.secret


def test_tasks_go_only_where_their_program_runs_and_where_they_are_wanted() -> None:
    words = replace(WANTED, architecture="arm64", placement=("node.role==worker", "node.labels.a!=b")).creation(1)
    found = [words[place + 1] for place, word in enumerate(words) if word == "--constraint"]
    assert found == ["node.platform.arch==aarch64", "node.role==worker", "node.labels.a!=b"]


def test_no_registry_is_asked_for_an_image_that_comes_from_none() -> None:
    assert "--no-resolve-image" not in WANTED.creation(1)
    assert "--no-resolve-image" in replace(WANTED, is_local=True).creation(1)


def test_an_image_that_was_pushed_is_taken_from_there_and_changes_nothing_else() -> None:
    words = WANTED.creation(1, "registry:5000/python@sha256:ab")
    assert words[-4] == "registry:5000/python@sha256:ab"
    assert "--no-resolve-image" in words
    assert set(WANTED.creation(1)) - set(words) == {WANTED.image}


def test_two_fleets_share_nothing_in_a_swarm() -> None:
    other = replace(WANTED, fleet_id="0194")
    assert {other.name, other.network, other.secret}.isdisjoint({WANTED.name, WANTED.network, WANTED.secret})


UP = (Node("a", is_ready=True, takes_tasks=True), Node("b", is_ready=True, takes_tasks=True))
RUNS = SwarmTask("a", "running", "running", "", "1")
LEFT = SwarmTask("b", "running", "shutdown", "", "2")
REJECTED = SwarmTask("b", "rejected", "shutdown", "No such image: x", "2")


@pytest.mark.parametrize(
    ("tasks", "nodes", "reason"),
    [
        ((RUNS,), UP, "its task runs, and has not taken it yet"),
        ((RUNS, SwarmTask("b", "preparing", "running", "", "2")), UP, "its task has not begun yet"),
        ((), UP, "its task has not begun yet"),
        (
            (RUNS, LEFT),
            (UP[0], Node("b", is_ready=False, takes_tasks=True)),
            "node b is down; its task begins on another node",
        ),
        (
            (RUNS, LEFT),
            (Node("a", is_ready=False, takes_tasks=True), Node("b", is_ready=False, takes_tasks=True)),
            "nodes a, b are down; its task begins on another node",
        ),
        (
            (RUNS, LEFT),
            (UP[0], Node("b", is_ready=True, takes_tasks=False)),
            "its task moves, since node b takes none",
        ),
        ((), (UP[0], Node("b", is_ready=False, takes_tasks=True)), "its task has not begun yet"),
        ((), (UP[0], Node("b", is_ready=True, takes_tasks=False)), "its task has not begun yet"),
        (
            (SwarmTask("a", "rejected", "ready", "No such image: x", "2"), LEFT),
            (UP[0], Node("b", is_ready=False, takes_tasks=True)),
            "its task on a is rejected: No such image: x",
        ),
        (
            (SwarmTask("", "pending", "running", "no suitable node (2 nodes not available)", "1"),),
            UP,
            "its task waits for a node: no suitable node (2 nodes not available)",
        ),
        (
            (SwarmTask("", "pending", "running", "no suitable node", "2"), LEFT),
            (UP[0], Node("b", is_ready=False, takes_tasks=True)),
            "node b is down, and no other takes its task: no suitable node",
        ),
        (
            (RUNS, SwarmTask("b", "preparing", "ready", "", "2"), REJECTED),
            UP,
            "its task on b is rejected: No such image: x",
        ),
        ((RUNS, replace(RUNS, slot="2"), REJECTED), UP, "its task runs, and has not taken it yet"),
    ],
)
def test_the_reason_for_an_edge_without_a_task_names_the_node(
    tasks: tuple[SwarmTask, ...], nodes: tuple[Node, ...], reason: str
) -> None:
    assert why_not(tasks, nodes) == reason


def test_what_failed_before_another_task_took_its_place_hinders_nothing() -> None:
    assert not begins_by_itself((RUNS, REJECTED))
    assert begins_by_itself((RUNS, replace(RUNS, slot="2"), REJECTED))
    assert begins_by_itself((RUNS, LEFT))


@pytest.mark.parametrize(
    ("said", "is_told"),
    [
        ("no suitable node (scheduling constraints not satisfied on 3 nodes)", True),
        (
            "no suitable node (scheduling constraints not satisfied on 1 node; 1 node not available)",
            False,
        ),
        ("no suitable node (insufficient resources on 3 nodes)", False),
    ],
)
def test_a_placement_that_no_node_fits_is_told_but_not_if_one_is_only_away(said: str, is_told: bool) -> None:  # noqa: FBT001 - of a case
    waits = SwarmTask("", "pending", "running", said, "1")
    assert fitting_no_node((waits,)) == (said if is_told else "")


def test_nodes_without_the_image_are_named_once() -> None:
    rejected = SwarmTask("b", "rejected", "ready", "No such image: x", "2")
    assert lacking_image((rejected, rejected, RUNS)) == ("b",)


CHOICES = {
    "project_name": "",
    "edge_heap": "128m",
    "edge_memory": "400m",
    "java_options": "",
    "edge_bundles": "unpacked",
    "light_image": "python:3.12-slim",
    "openems_version": "",
    "download_from": "",
    "light_processes": 0,
    "connect_rate": 500,
    "reconnect": "quick",
    "metrics_port": 0,
}


def test_who_publishes_a_port_for_history_keeps_the_keeper_and_the_network_of_the_swarm(tmp_path: Path) -> None:
    context: Any = SimpleNamespace(
        choices=CHOICES,
        flags=frozenset(),
        fleet=Fleet("0193", b"secret", size=3, light=3),
        platform=SimpleNamespace(path=tmp_path, bundled=False),
        state=State(tmp_path),
        echo=None,
    )
    stack = Storage(SwarmStack(context)).publication().stack
    keeper = light_container.service(stack)
    assert stack.options.overlay
    assert keeper.networks
    assert "keep" in keeper.arguments


def test_a_placement_can_be_taken_back() -> None:
    assert SETTINGS["placement"].checked("any", "--placement") == SETTINGS["placement"].default
    assert constraints_of("any") == ()
    assert constraints_of("node.role==worker,a!=b") == ("node.role==worker", "a!=b")
