"""A Swarm as its manager shows it: nodes, services and their tasks."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters.docker import Docker
from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

_INACTIVE: Final = "inactive"
_ASK: Final = ("info", "--format", "{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}")

_OF_STATE: Final = {"locked": "docker swarm unlock"}
"""What is typed when the Swarm of an engine is in a state."""


@dataclass(frozen=True)
class Node:
    """A machine of the Swarm.

    Attributes:
        name: its host's.
        is_ready: it answers the manager.
        takes_tasks: nobody has drained or paused it.
    """

    name: str
    is_ready: bool
    takes_tasks: bool


@dataclass(frozen=True)
class Service:
    """A service, as it was created.

    Attributes:
        labels: its own.
        replicas: how many tasks it is to have.
    """

    labels: Mapping[str, str]
    replicas: int


@dataclass(frozen=True)
class SwarmTask:
    """A task that the Swarm wants to run, or has ended.

    Attributes:
        node: where it is; empty while no node is suitable.
        state: as Docker calls it: ``running``, ``pending``, ``rejected`` …
        wanted: the state that it is to have: ``running``, ``shutdown`` …
        error: why it does not run; empty if nothing is known.
        slot: its number in the service; of each slot one task runs, and the others have ended.
    """

    node: str
    state: str
    wanted: str
    error: str
    slot: str


@dataclass(frozen=True)
class Swarm:
    """The Swarm of an engine."""

    docker: Docker

    @property
    def has_left(self) -> bool:
        """Whether the engine is in no Swarm; not so if it has one that is locked, or that it cannot reach."""
        return self.docker.ask(*_ASK).split()[0] == _INACTIVE

    def nodes(self) -> tuple[Node, ...]:
        """All nodes."""
        return tuple(
            Node(found["Hostname"], found["Status"] == "Ready", found["Availability"] == "Active")
            for found in self._lines("node", "ls")
        )

    def service(self, name: str) -> Service | None:
        """A service; None if there is none of this name."""
        if not self._has("service", name):
            return None
        [found] = json.loads(self.docker.ask("service", "inspect", name))
        spec = found["Spec"]
        return Service(spec.get("Labels") or {}, int(spec["Mode"]["Replicated"]["Replicas"]))

    def tasks(self, service: str) -> tuple[SwarmTask, ...]:
        """The tasks of a service by slots, the newest of each first; also the last that have ended."""
        return tuple(
            SwarmTask(
                found["Node"],
                found["CurrentState"].partition(" ")[0].lower(),
                found["DesiredState"].lower(),
                found["Error"].strip('"'),
                found["Name"].rpartition(".")[2],
            )
            for found in self._lines("service", "ps", "--no-trunc", service)
        )

    def has_network(self, name: str) -> bool:
        """Whether there is a network of this name."""
        return self._has("network", name)

    def has_secret(self, name: str) -> bool:
        """Whether there is a secret of this name."""
        return self._has("secret", name)

    def make_network(self, name: str, label: str) -> None:
        """Make a network over all nodes, which containers of this engine may join, too."""
        self.docker.run("network", "create", "--driver", "overlay", "--attachable", "--label", label, name)

    def make_secret(self, name: str, content: str, label: str) -> None:
        """Make a secret; it is not in the command."""
        self.docker.ask("secret", "create", "--label", label, name, "-", given=content)

    def _has(self, kind: str, name: str) -> bool:
        return name in {found["Name"] for found in self._lines(kind, "ls", "--filter", f"name={name}")}

    def _lines(self, *command: str) -> list[dict[str, Any]]:
        said = self.docker.ask(*command, "--format", "{{json .}}")
        return [json.loads(line) for line in said.splitlines() if line]


def has_left() -> bool:
    """Whether this engine is in no Swarm."""
    return Swarm(Docker(Path(os.devnull))).has_left


def swarm_problem() -> tuple[str, str]:
    """Why this engine can run no services of a Swarm, and what to do; both empty if it can."""
    try:
        state, manages = Docker(Path(os.devnull)).ask(*_ASK).split()
    except (CommandFailed, ValueError):
        return "the Docker Engine does not say whether it is in a Swarm", "docker info"
    if state == _INACTIVE:
        return (
            "this Docker Engine is in no Swarm",
            "docker swarm init, then what that prints on each of the other machines",
        )
    if state != "active":
        return f"this Docker Engine's Swarm is {state}", _OF_STATE.get(state, "docker info says why")
    if manages != "true":
        return "this Docker Engine is a worker of a Swarm, not a manager", "run inv on a manager"
    return "", ""
