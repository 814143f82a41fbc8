from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.adapters.swarm_stack import StackTask
from edge_tasks.errors import CommandFailed
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.saved import State
from edge_tasks.runtimes.swarm import giving
from edge_tasks.runtimes.swarm.giving import ImageGiver
from edge_tasks.runtimes.swarm.shipping import Shipping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge_tasks.runtimes.swarm.stack import SwarmStack

FLEET = Fleet("0193", b"secret", size=3)
IMAGE, ID = "openems-edge:latest", "sha256:12"
COMPLETE = ("complete", "")
CONSTRAINTS = ("node.platform.arch==x86_64",)


@dataclass
class Swarm:
    """A manager ``red`` and more nodes, whose tasks end as told, and what the manager's engine was asked to do.

    Attributes:
        ends: node → state and error of its task; a node without them has no task.
        says: the last line of a task that failed.
        drained: these nodes take no tasks.
        refuses: a command that fails, with these words.
        left: the ids of what an earlier call has left.
        is_lost: the Swarm has no leader.
    """

    ends: dict[str, tuple[str, str]]
    says: str = ""
    drained: Sequence[str] = ()
    digests: Sequence[str] = ()
    refuses: tuple[str, str] = ("", "")
    left: str = ""
    image: str = ID
    is_lost: bool = False
    did: list[str] = field(default_factory=list)

    def ask(self, *command: str, **_: object) -> str:
        names = ("red", *self.ends)
        answers: dict[tuple[str, ...], str] = {
            ("node", "ls"): " ".join(names),
            ("info", "--format"): "red",
            ("image", "inspect"): f"{self.image}\n" if "{{.Id}}" in command else json.dumps(list(self.digests)),
            ("service", "ps"): "\n".join(self.ends),
            ("service", "logs"): self.says,
        }
        if command[:2] == ("inspect", "--type"):
            if self.is_lost:
                raise CommandFailed("docker inspect ended with 1\n    Error: the Swarm has no leader")
            if command[2] == "node":
                return json.dumps([self.node(name) for name in names])
            return json.dumps([self.task(name) for name in self.ends if self.ends[name][0]])
        return answers.get(command[:2], self.left)

    def node(self, name: str) -> dict[str, Any]:
        availability = "drain" if name in self.drained else "active"
        platform = {"Architecture": "x86_64", "OS": "linux"}
        return {
            "ID": name,
            "Spec": {"Role": "worker", "Availability": availability},
            "Status": {"State": "ready"},
            "Description": {"Hostname": name, "Platform": platform},
        }

    def task(self, name: str) -> dict[str, Any]:
        state, error = self.ends[name]
        return {"ID": f"task of {name}", "NodeID": name, "Status": {"State": state, "Err": error}}

    def run(self, *command: str) -> None:
        self.did.append(" ".join(command[:2]))
        refused, words = self.refuses
        if refused and command[: len(refused.split())] == tuple(refused.split()):
            raise CommandFailed(f"docker {' '.join(command)} ended with 125\n    {words}")

    def save(self, target: Path, *command: str) -> None:
        self.did.append(command[0])
        target.write_text("an image")

    def feed(self, source: Path, *command: str) -> None:
        assert source.read_text() not in command
        self.did.append(" ".join(command[:2]))


@dataclass
class Call:
    """One call of the tool on a platform."""

    swarm: Swarm
    folder: Path
    registry: str = "manager"
    is_built: bool = False
    said: list[str] = field(default_factory=list)

    def giver(self) -> ImageGiver:
        state = State(self.folder)
        state.folder.mkdir(exist_ok=True)
        context = SimpleNamespace(
            fleet=FLEET, state=state, say=self.said.append, waiting=lambda _what: nullcontext()
        )
        stack = SimpleNamespace(
            context=context,
            docker=self.swarm,
            swarm=SimpleNamespace(has_left=False),
            compose=SimpleNamespace(make_network=lambda: None),
            edge_image=SimpleNamespace(id=self.swarm.image),
            options=SimpleNamespace(light_image="python:3.12-slim"),
        )
        shipping = Shipping(cast("Any", self.swarm), self.registry, self.is_built)
        return ImageGiver(cast("SwarmStack", stack), IMAGE, shipping)


def found_by(giver: ImageGiver, *tasks: StackTask) -> Mapping[str, str]:
    return giver.find(tasks, CONSTRAINTS)


def lacking(node: str, image: str = ID) -> StackTask:
    return StackTask(node, "rejected", "ready", f"No such image: {image}", "1", "edge", "1", 0.0)


def test_nodes_that_were_given_the_image_are_not_asked_again_by_the_next_call(tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE, "blue": COMPLETE})
    call = Call(swarm, tmp_path)
    giver = call.giver()
    assert found_by(giver) == {"green": "green", "blue": "blue"}
    giver.give(found_by(giver))
    assert giver.did == "2 nodes given the image"
    assert call.said[-1] == f"  green, blue have {IMAGE}, 2 of 2 nodes"
    assert swarm.did == ["save", "run --detach", "secret create", "service create"]
    assert found_by(Call(swarm, tmp_path).giver()) == {}


def test_a_node_is_given_the_image_once_in_a_call(tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE})
    giver = Call(swarm, tmp_path).giver()
    found = found_by(giver)
    for _ in range(2):
        giver.give(found)
    assert swarm.did.count("service create") == 1
    assert giver.did == "1 node given the image"


def test_a_node_that_joins_later_and_one_whose_tasks_lack_the_image_are_given_it(tmp_path: Path) -> None:
    first = Call(Swarm({"green": COMPLETE}), tmp_path).giver()
    first.give(found_by(first))
    later = Call(Swarm({"green": COMPLETE, "blue": COMPLETE}), tmp_path).giver()
    assert found_by(later) == {"blue": "blue"}
    assert found_by(later, lacking("green")) == {"green": "green", "blue": "blue"}


def test_another_image_is_given_to_all_nodes(tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE})
    giver = Call(swarm, tmp_path).giver()
    giver.give(found_by(giver))
    swarm.image = "sha256:13"
    assert found_by(Call(swarm, tmp_path).giver()) == {"green": "green"}


def test_a_node_that_takes_no_tasks_is_given_nothing(tmp_path: Path) -> None:
    assert found_by(Call(Swarm({"green": COMPLETE}, drained=["green"]), tmp_path).giver()) == {}


@pytest.mark.parametrize("registry", ["none", "r.org:5000"])
def test_who_asks_for_it_gives_nodes_nothing_without_a_registry(registry: str, tmp_path: Path) -> None:
    assert found_by(Call(Swarm({"green": COMPLETE}), tmp_path, registry).giver()) == {}


def test_an_image_that_comes_from_a_registry_is_pulled_from_there(tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE}, digests=["openems-edge@sha256:ab"])
    assert found_by(Call(swarm, tmp_path).giver()) == {}


def test_only_tasks_that_lack_this_very_image_count(tmp_path: Path) -> None:
    giver = Call(Swarm({"green": COMPLETE}), tmp_path).giver()

    found_by(giver)
    assert giver.complaining([lacking("green")]) == {"green"}
    assert giver.complaining([lacking("green", "sha256:11")]) == set()


def test_what_a_task_said_counts_until_another_one_runs_in_its_place_or_says_something_else(
    tmp_path: Path,
) -> None:
    giver = Call(Swarm({"green": COMPLETE}), tmp_path).giver()
    found_by(giver)
    old = replace(lacking("green"), wanted="shutdown")
    prepares = replace(old, id="2", state="preparing", wanted="running", error="")
    assert giver.complaining([prepares, old]) == {"green"}
    assert giver.complaining([replace(prepares, state="running"), prepares, old]) == set()
    waits = replace(prepares, state="pending", error="no suitable node (insufficient resources on 3 nodes)")
    assert giver.complaining([waits, old]) == set()
    assert giver.complaining([replace(prepares, slot="2", state="running"), old]) == {"green"}


def test_an_image_that_is_built_here_is_in_no_registry_though_the_engine_gives_it_a_digest(
    tmp_path: Path,
) -> None:
    swarm = Swarm({"green": COMPLETE}, digests=["openems-edge@sha256:ab"])
    assert found_by(Call(swarm, tmp_path, is_built=True).giver()) == {"green": "green"}


def test_nodes_that_cannot_be_given_the_image_are_named_with_the_reason_and_others_get_it(tmp_path: Path) -> None:
    failed, alone = ("failed", "task: non-zero exit (1)"), ("rejected", "No such image: python:3.12-slim")
    swarm = Swarm({"green": failed, "blue": COMPLETE, "black": alone}, says="noise\nits disk is full\n")
    call = Call(swarm, tmp_path)
    giver = call.giver()
    giver.give(found_by(giver))
    assert giver.did == "1 node given the image"
    no_python = "it neither has nor gets the image python:3.12-slim, whose Python would load it"
    assert giver.failed == {"green": "its disk is full", "black": no_python}
    assert f"  green cannot be given {IMAGE}: its disk is full" in call.said
    assert f"  blue has {IMAGE}, 1 of 3 nodes" in call.said


def test_a_node_without_a_task_is_waited_for_only_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "_LOOK_S", 0.0)
    monkeypatch.setattr(giving, "_NO_TASK_S", 0.0)
    giver = Call(Swarm({"green": ("", "")}), tmp_path).giver()
    giver.give(found_by(giver))
    assert giver.did == "no node given the image"
    assert giver.failed == {"green": "the Swarm gives it no task"}


def test_a_node_that_goes_meanwhile_is_not_waited_for(tmp_path: Path) -> None:
    swarm = Swarm({"green": ("running", "")})
    giver = Call(swarm, tmp_path).giver()
    found = found_by(giver)
    swarm.drained = ["green"]
    giver.give(found)
    assert giver.failed == {"green": "it is down, or takes no tasks"}


def test_a_task_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "_LOOK_S", 0.0)
    monkeypatch.setattr(giving, "_JOB_S", 0.0)
    giver = Call(Swarm({"green": ("preparing", "")}), tmp_path).giver()
    giver.give(found_by(giver))
    assert giver.failed == {"green": "it has not taken it within 0 minutes"}


def test_what_docker_refuses_here_is_the_reason_for_all_nodes(
    tmp_path: Path,
) -> None:
    words = "docker: Error response from daemon: pull access denied\n    Run 'docker run --help'"
    swarm = Swarm({"green": COMPLETE, "blue": COMPLETE}, refuses=("run", words))
    call = Call(swarm, tmp_path)
    giver = call.giver()
    giver.give(found_by(giver))
    why = "the manager cannot give it: docker: Error response from daemon: pull access denied"
    assert giver.failed == {"green": why, "blue": why}
    assert call.said[-1] == f"  green, blue cannot be given {IMAGE}: {why}"


def test_the_program_of_the_job_is_no_reason(tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE}, refuses=("service create", "Error response from daemon: no"))
    giver = Call(swarm, tmp_path).giver()
    giver.give(found_by(giver))
    assert giver.failed == {"green": "the manager cannot give it: Error response from daemon: no"}


def test_a_node_that_cannot_be_given_the_image_is_tried_again_by_the_next_call_and_not_by_this_one(
    tmp_path: Path,
) -> None:
    swarm = Swarm({"green": COMPLETE}, refuses=("run", "no"))
    giver = Call(swarm, tmp_path).giver()
    giver.give(found_by(giver))
    assert found_by(giver) == {}
    swarm.refuses = ("", "")
    giver = Call(swarm, tmp_path).giver()
    assert found_by(giver) == {"green": "green"}
    giver.give(found_by(giver))
    assert found_by(Call(swarm, tmp_path).giver()) == {}


def test_what_is_known_of_nodes_stays_known_if_the_swarm_does_not_answer_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swarm = Swarm({"green": COMPLETE, "blue": ("running", "")})
    giver = Call(swarm, tmp_path).giver()
    found = found_by(giver)

    def lose(*_: object) -> bool:
        swarm.is_lost = True
        return True

    monkeypatch.setattr(giving, "until", lose)
    giver.give(found)
    assert giver.failed == {"blue": "the manager cannot give it: Error: the Swarm has no leader"}


@pytest.mark.parametrize(
    ("message", "hint", "reason"),
    [
        ("docker save x ended with 1\n    noise\n    Error: gone", "", "Error: gone"),
        ("docker save x ended with 1\n    write: no space left", "", "write: no space left"),
        ("docker save x ended with 1", "", "docker save x ended with 1"),
        ("the disk is full", "free some", "the disk is full → free some"),
    ],
)
def test_what_the_manager_cannot_do_is_told_in_a_line(message: str, hint: str, reason: str) -> None:
    assert giving._short(CommandFailed(message, hint=hint)) == reason


@pytest.mark.parametrize("refuses", ["", "run", "service create"])
def test_the_image_is_served_only_while_nodes_are_given_it(refuses: str, tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE}, refuses=(refuses, "Error"), left="7c")
    giver = Call(swarm, tmp_path).giver()
    giver.give(found_by(giver))
    assert swarm.did[-3:] == ["rm --force", "service rm", "secret rm"]
    assert [path.name for path in State(tmp_path).folder.iterdir()] == ["record.json"]
