from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.adapters.swarm_stack import StackTask
from edge_tasks.errors import CommandFailed
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.saved import State
from edge_tasks.runtimes.swarm import carrying
from edge_tasks.runtimes.swarm.carrying import ImageCarrier
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
    """

    ends: dict[str, tuple[str, str]]
    says: str = ""
    drained: Sequence[str] = ()
    digests: Sequence[str] = ()
    refuses: tuple[str, str] = ("", "")
    left: str = ""
    image: str = ID
    did: list[str] = field(default_factory=list)

    def ask(self, *command: str, **_: object) -> str:
        answers: dict[tuple[str, ...], str] = {
            ("node", "ls"): "".join(f"{name} {str(name == 'red').lower()}\n" for name in ("red", *self.ends)),
            ("node", "inspect"): json.dumps([self.node(name) for name in ("red", *self.ends)]),
            ("image", "inspect"): f"{self.image}\n" if "{{.Id}}" in command else json.dumps(list(self.digests)),
            ("service", "ps"): "\n".join(self.ends),
            ("inspect", "--type"): json.dumps([self.task(name) for name in self.ends if self.ends[name][0]]),
            ("service", "logs"): self.says,
        }
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
    said: list[str] = field(default_factory=list)

    def carrier(self) -> ImageCarrier:
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
        shipping = Shipping(cast("Any", self.swarm), self.registry)
        return ImageCarrier(cast("SwarmStack", stack), IMAGE, shipping)


def found_by(carrier: ImageCarrier, *tasks: StackTask) -> Mapping[str, str]:
    return carrier.find(tasks, CONSTRAINTS)


def lacking(node: str, image: str = ID) -> StackTask:
    return StackTask(node, "rejected", "ready", f"No such image: {image}", "1", "edge", "1", 0.0)


def test_nodes_that_were_given_the_image_are_not_asked_again_by_the_next_call(tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE, "blue": COMPLETE})
    call = Call(swarm, tmp_path)
    carrier = call.carrier()
    assert found_by(carrier) == {"green": "green", "blue": "blue"}
    assert carrier.give(found_by(carrier)) == "2 nodes given the image"
    assert call.said[-1] == f"  green, blue have {IMAGE}, 2 of 2 nodes"
    assert swarm.did == ["save", "run --detach", "secret create", "service create"]
    assert found_by(Call(swarm, tmp_path).carrier()) == {}


def test_a_node_is_given_the_image_once_in_a_call(tmp_path: Path) -> None:
    carrier = Call(Swarm({"green": COMPLETE}), tmp_path).carrier()
    found = found_by(carrier)
    assert carrier.give(found)
    assert carrier.give(found) == ""


def test_a_node_that_joins_later_and_one_whose_tasks_lack_the_image_are_given_it(tmp_path: Path) -> None:
    first = Call(Swarm({"green": COMPLETE}), tmp_path).carrier()
    first.give(found_by(first))
    later = Call(Swarm({"green": COMPLETE, "blue": COMPLETE}), tmp_path).carrier()
    assert found_by(later) == {"blue": "blue"}
    assert found_by(later, lacking("green")) == {"green": "green", "blue": "blue"}


def test_another_image_is_given_to_all_nodes(tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE})
    carrier = Call(swarm, tmp_path).carrier()
    carrier.give(found_by(carrier))
    swarm.image = "sha256:13"
    assert found_by(Call(swarm, tmp_path).carrier()) == {"green": "green"}


def test_a_node_that_takes_no_tasks_is_given_nothing(tmp_path: Path) -> None:
    assert found_by(Call(Swarm({"green": COMPLETE}, drained=["green"]), tmp_path).carrier()) == {}


@pytest.mark.parametrize("registry", ["none", "r.org:5000"])
def test_who_asks_for_it_gives_nodes_nothing_without_a_registry(registry: str, tmp_path: Path) -> None:
    assert found_by(Call(Swarm({"green": COMPLETE}), tmp_path, registry).carrier()) == {}


def test_an_image_that_comes_from_a_registry_is_pulled_from_there(tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE}, digests=["openems-edge@sha256:ab"])
    assert found_by(Call(swarm, tmp_path).carrier()) == {}


def test_only_tasks_that_lack_this_very_image_count(tmp_path: Path) -> None:
    carrier = Call(Swarm({"green": COMPLETE}), tmp_path).carrier()

    found_by(carrier)
    assert carrier.complaining([lacking("green")]) == {"green"}
    assert carrier.complaining([lacking("green", "sha256:11")]) == set()


def test_nodes_that_cannot_be_given_the_image_are_named_with_the_reason_and_others_get_it(tmp_path: Path) -> None:
    failed, alone = ("failed", "task: non-zero exit (1)"), ("rejected", "No such image: python:3.12-slim")
    swarm = Swarm({"green": failed, "blue": COMPLETE, "black": alone}, says="noise\nits disk is full\n")
    call = Call(swarm, tmp_path)
    carrier = call.carrier()
    assert carrier.give(found_by(carrier)) == "1 node given the image"
    no_python = "it neither has nor gets the image python:3.12-slim, whose Python would load it"
    assert carrier.failed == {"green": "its disk is full", "black": no_python}
    assert f"  green cannot be given {IMAGE}: its disk is full" in call.said
    assert f"  blue has {IMAGE}, 1 of 3 nodes" in call.said


def test_a_node_without_a_task_is_waited_for_only_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "_LOOK_S", 0.0)
    monkeypatch.setattr(carrying, "_NO_TASK_S", 0.0)
    carrier = Call(Swarm({"green": ("", "")}), tmp_path).carrier()
    assert carrier.give(found_by(carrier)) == ""
    assert carrier.failed == {"green": "the Swarm gives it no task"}


def test_a_node_that_goes_meanwhile_is_not_waited_for(tmp_path: Path) -> None:
    swarm = Swarm({"green": ("running", "")})
    carrier = Call(swarm, tmp_path).carrier()
    found = found_by(carrier)
    swarm.drained = ["green"]
    assert carrier.give(found) == ""
    assert carrier.failed == {"green": "it is down, or takes no tasks"}


def test_a_task_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "_LOOK_S", 0.0)
    monkeypatch.setattr(carrying, "_JOB_S", 0.0)
    carrier = Call(Swarm({"green": ("preparing", "")}), tmp_path).carrier()
    carrier.give(found_by(carrier))
    assert carrier.failed == {"green": "it has not taken it within 0 minutes"}


def test_what_docker_refuses_here_is_the_reason_for_all_nodes(
    tmp_path: Path,
) -> None:
    words = "docker: Error response from daemon: pull access denied\n    Run 'docker run --help'"
    swarm = Swarm({"green": COMPLETE, "blue": COMPLETE}, refuses=("run", words))
    call = Call(swarm, tmp_path)
    carrier = call.carrier()
    assert carrier.give(found_by(carrier)) == ""
    why = "docker: Error response from daemon: pull access denied"
    assert carrier.failed == {"green": why, "blue": why}
    assert call.said[-1] == f"  green, blue cannot be given {IMAGE}: {why}"
    assert found_by(Call(swarm, tmp_path).carrier()) == {}


def test_the_program_of_the_job_is_no_reason(tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE}, refuses=("service create", "Error response from daemon: no"))
    carrier = Call(swarm, tmp_path).carrier()
    carrier.give(found_by(carrier))
    assert carrier.failed == {"green": "Error response from daemon: no"}


@pytest.mark.parametrize("refuses", ["", "run", "service create"])
def test_the_image_is_served_only_while_nodes_are_given_it(refuses: str, tmp_path: Path) -> None:
    swarm = Swarm({"green": COMPLETE}, refuses=(refuses, "Error"), left="7c")
    carrier = Call(swarm, tmp_path).carrier()
    carrier.give(found_by(carrier))
    assert swarm.did[-3:] == ["rm --force", "service rm", "secret rm"]
    assert [path.name for path in State(tmp_path).folder.iterdir()] == ["record.json"]
