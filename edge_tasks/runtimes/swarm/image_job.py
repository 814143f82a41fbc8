"""The job that gives nodes an image, and the container that serves it to them, as Docker takes both. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.runtimes.swarm.light_service import label_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from edge_tasks.adapters.swarm_nodes import DescribedNode

SOCKET: Final = "/var/run/docker.sock"
"""Of the engine of each node."""
IMAGE_FILE, TOKEN_FILE, PROGRAM_FILE = "image.tar", "token", "server.py"
_FOLDER: Final = "/image"
_PORT: Final = 8098
_ROOT: Final = "0:0"
"""Who may use the engine's socket on every node."""


@dataclass(frozen=True)
class ImageJob:
    """How nodes of a fleet are given an image.

    Attributes:
        fleet_id: whose edges it is for.
        image: its id, by which nodes are asked for it.
        light_image: with the Python that asks.
        constraints: where edges may be.
        others: the ids of all other nodes.
        token: of whoever may have the image.
    """

    fleet_id: str
    image: str
    light_image: str
    constraints: tuple[str, ...]
    others: tuple[str, ...]
    token: str = field(repr=False)

    @property
    def name(self) -> str:
        """The service's."""
        return f"{name_of(self.fleet_id)}-image"

    @property
    def server_name(self) -> str:
        """The container's on the manager; in their network, a service's name stands for its tasks."""
        return f"{self.name}-server"

    @property
    def secret(self) -> str:
        """The name of the secret with the token."""
        return f"{self.name}-{hashlib.sha256(self.token.encode()).hexdigest()[:8]}"

    @property
    def marks(self) -> tuple[str, ...]:
        """The options that mark the job and its secret in the Swarm."""
        return ("--label", label_of(self.fleet_id), "--label", label_of_job(self.fleet_id))

    def server(self, folder: Path, user: str) -> tuple[str, ...]:
        """The arguments after ``docker`` of the container that serves the files of a folder."""
        source = str(folder).replace('"', '""')
        return (
            *("run", "--detach", "--rm", "--name", self.server_name, "--label", label_of_job(self.fleet_id)),
            *("--network", name_of(self.fleet_id), "--user", user, "--read-only"),
            *("--mount", f'type=bind,"source={source}",target={_FOLDER},readonly'),
            *("--env", f"FOLDER={_FOLDER}", "--env", f"PORT={_PORT}"),
            *("--entrypoint", "python3", self.light_image, "-u", f"{_FOLDER}/{PROGRAM_FILE}"),
        )

    def creation(self, program: str) -> tuple[str, ...]:
        """The arguments after ``docker`` of the service, whose tasks run this text once on each node.

        When a service of the mode ``global-job`` is removed, the containers of its tasks stay on the nodes.
        """
        placed = (*self.constraints, *(f"node.id!={node}" for node in self.others))
        told = {
            "ENGINE": SOCKET,
            "IMAGE": self.image,
            "SERVER": f"{self.server_name}:{_PORT}",
            "TOKEN_FILE": f"/run/secrets/{TOKEN_FILE}",
        }
        return (
            *("service", "create", "--detach", "--quiet", "--name", self.name, *self.marks),
            *("--mode", "global", "--restart-condition", "none"),
            *("--network", name_of(self.fleet_id), "--endpoint-mode", "dnsrr"),
            *("--secret", f"source={self.secret},target={TOKEN_FILE}"),
            *("--mount", f"type=bind,source={SOCKET},target={SOCKET}", "--user", _ROOT),
            *("--log-driver", "json-file", "--with-registry-auth", "--no-resolve-image"),
            *(word for one in placed for word in ("--constraint", one)),
            *(word for key, value in told.items() for word in ("--env", f"{key}={value}")),
            *("--entrypoint", "python3", self.light_image, "-u", "-c", program),
        )


def label_of_job(fleet_id: str) -> str:
    """What marks everything that is there only while nodes are given an image."""
    return f"edge-tasks.image={fleet_id}"


def lacking(
    nodes: Iterable[DescribedNode], *, given: Iterable[str], complaining: Iterable[str]
) -> Mapping[str, str]:
    """Id → name of the nodes that may lack an image.

    Args:
        nodes: that may have tasks.
        given: the ids of those that were given it.
        complaining: the names of those whose tasks say that they lack it, whatever they were given.
    """
    known, told = set(given), set(complaining)
    return {one.id: one.name for one in nodes if not one.is_own and (one.id not in known or one.name in told)}


def why_not_given(error: str, said: str, light_image: str) -> str:
    """Why a task did not give its node the image, in the words of people.

    Args:
        error: the Swarm's.
        said: the last line of the task; empty if it has not begun.
        light_image: which it was to run.
    """
    if "No such image" in error:
        return f"it neither has nor gets the image {light_image}, whose Python would load it"
    if "bind source path does not exist" in error:
        return f"it has no {SOCKET}"
    return said or error or "its task ended without a reason"
