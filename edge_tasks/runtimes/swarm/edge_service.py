"""The services of edges with a directory, as a file of ``docker stack deploy``; and how they differ. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.checkout.project import plain
from edge_tasks.fleet.identity import index_of_service
from edge_tasks.runtimes.docker.edge_plan import Difference
from edge_tasks.runtimes.plans import Surplus
from edge_tasks.runtimes.swarm import edge_package
from edge_tasks.runtimes.swarm.light_service import SPEC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edge_tasks.adapters.containers import Image
    from edge_tasks.adapters.swarm_stack import StackService
    from edge_tasks.checkout.project import Service
    from edge_tasks.fleet.directories import Written
    from edge_tasks.fleet.identity import Edge

WRITTEN: Final = "edge-tasks.written"
"""The label of a container with what distinguishes its directory: with another one the task begins anew."""
_VERSION: Final = "3.8"
_KEPT: Final = (
    *("cap_add", "cap_drop", "dns", "dns_search", "extra_hosts", "init", "logging", "read_only"),
    *("stop_grace_period", "stop_signal", "sysctls", "ulimits", "working_dir"),
)
"""Keys of a Compose service that a service of a Swarm can have, too."""
_OTHERWISE: Final = ("command", "cpus", "entrypoint", "platform", "tmpfs")
"""Keys that such a service has in another form."""
_BEGINS_AGAIN: Final = ("always", "unless-stopped")
"""What tasks of a Swarm do in any case, of the values of ``restart``."""
_LOGGING: Final = {"driver": "json-file", "options": {"max-size": "5m", "max-file": "2"}}
_ROOM_BYTES: Final = 32 * 2**20
"""Of the file system in memory that has an edge's directory."""


@dataclass(frozen=True)
class EdgeKind:
    """What the services of all edges have in common.

    Attributes:
        network: the Swarm's, where edges find the backend.
        label: what marks everything of the fleet in the Swarm, ``name=value``.
        image: what distinguishes it, wherever a node gets it from.
        words: entrypoint and command of the image, or of the platform's own edge.
        target: where its configuration is expected.
        user: ``uid:gid``; empty leaves it to the image.
        environment: with Java's options; may hold secrets of the user's.
        options: keys of a Compose service that edges take over.
        memory: the largest of a task, as Docker takes it.
        reserved: bytes that a node must have free to get a task.
        constraints: where tasks may be.
    """

    network: str
    label: str
    image: str
    words: tuple[str, ...]
    target: str
    user: str
    environment: Mapping[str, str] = field(repr=False)
    options: Mapping[str, object] = field(repr=False)
    memory: str
    reserved: int
    constraints: tuple[str, ...]

    @property
    def spec(self) -> str:
        """A digest that differs if all edges must be made anew."""
        text = json.dumps([self._common(self.image), self.label, _VERSION], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def document(self, image: str, edges: Iterable[EdgeToDeploy]) -> str:
        """The file for these edges: JSON is YAML, too. A ``$`` stays what it is.

        Args:
            image: what nodes call it.
            edges: with what each has of its own.
        """
        found = list(edges)
        secrets = {one.service: {"external": True, "name": one.secret} for one in found}
        network = {"external": True, "name": self.network}
        services = {one.service: self._service(image, one) for one in found}
        parts = {"services": services, "secrets": secrets, "networks": {"edges": network}}
        return json.dumps({"version": _VERSION, **parts}, ensure_ascii=False).replace("$", "$$")

    def _service(self, image: str, edge: EdgeToDeploy) -> dict[str, Any]:
        common = self._common(image)
        key, _, value = self.label.partition("=")
        deploy = {**common["deploy"], "labels": {key: value, SPEC: self.spec}}
        own = {"source": edge.service, "target": edge_package.FILE, "mode": 0o444}
        return {**common, "deploy": deploy, "labels": {key: value, WRITTEN: edge.written}, "secrets": [own]}

    def _common(self, image: str) -> dict[str, Any]:
        kept: dict[str, Any] = {key: _plain(self.options[key]) for key in _KEPT if key in self.options}
        if hosts := kept.get("extra_hosts"):
            kept["extra_hosts"] = [str(host).replace("=", ":", 1) for host in hosts]
        memory: dict[str, Any] = {"type": "tmpfs", "target": self.target, "tmpfs": {"size": _ROOM_BYTES}}
        return {
            "logging": _LOGGING,
            **kept,
            "image": image,
            "entrypoint": edge_package.start_of(self.target, self.words),
            **({"user": self.user} if self.user else {}),
            "environment": dict(self.environment),
            "networks": ["edges"],
            "volumes": [memory, *self._in_memory()],
            "healthcheck": {"disable": True},
            "deploy": self._deployed(),
        }

    def _processors(self) -> dict[str, str]:
        return {"cpus": str(self.options["cpus"])} if self.options.get("cpus") else {}

    def _in_memory(self) -> list[dict[str, str]]:
        """The platform's own file systems in memory."""
        named = self.options.get("tmpfs")
        texts = named if isinstance(named, list) else [named] if named else []
        paths = [str(one).partition(":")[0] for one in texts]
        return [{"type": "tmpfs", "target": path} for path in paths if path != self.target]

    def _deployed(self) -> dict[str, Any]:
        """A task of an edge that ends begins again, on whichever node has the memory."""
        return {
            "endpoint_mode": "dnsrr",
            "replicas": 1,
            "placement": {"constraints": list(self.constraints)},
            "restart_policy": {"condition": "any", "delay": "5s"},
            "update_config": {"failure_action": "continue", "order": "stop-first"},
            "resources": {
                "limits": {"memory": self.memory, **self._processors()},
                "reservations": {"memory": f"{self.reserved}b"},
            },
        }


@dataclass(frozen=True)
class EdgeToDeploy:
    """What the service of an edge has of its own.

    Attributes:
        service: its name.
        secret: the name of the secret with its directory.
        written: what distinguishes that directory.
    """

    service: str
    secret: str
    written: str


def compare(
    found: Sequence[StackService], edges: Sequence[Edge], spec: str, written: Mapping[str, Written]
) -> Difference:
    """The services, compared with the wanted edges and their directories as written, by the edge's name."""
    by_name = {service.name: service for service in found}
    make: list[Edge] = []
    restart: list[Edge] = []
    others: list[Edge] = []
    for edge in edges:
        service = by_name.get(edge.service)
        if service is None or service.labels.get(SPEC) != spec or service.replicas != 1:
            make.append(edge)
        elif service.task_labels.get(WRITTEN) != str(written[edge.name]):
            restart.append(edge)
        else:
            others.append(edge)
    wanted = {edge.service for edge in edges}
    surplus = tuple(
        Surplus(name, name, with_volumes=True)
        for name in by_name
        if index_of_service(name) is not None and name not in wanted
    )
    return Difference(tuple(make), tuple(restart), tuple(others), surplus)


def is_taken_over(key: str, value: object) -> bool:
    """Whether edges get what a key of the platform's own edge says."""
    return key in _KEPT or key in _OTHERWISE or (key == "restart" and value in _BEGINS_AGAIN)


def words_of(service: Service, image: Image) -> tuple[str, ...]:
    """What a container runs: a service's own entrypoint makes the command of its image void, as in Docker."""
    command = tuple(map(plain, service.get("command") or ()))
    own = service.get("entrypoint")
    if own is None:
        return (*image.entrypoint, *command) if command else image.words
    if own:
        return (*map(plain, own), *command)
    return command or image.words[len(image.entrypoint) :]


def _plain(value: object) -> object:
    """A value of Compose's resolved project, in which each ``$`` is doubled."""
    return json.loads(json.dumps(value).replace("$$", "$"))
