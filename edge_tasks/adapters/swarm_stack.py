"""The services of a Swarm that ``docker stack deploy`` keeps under one name, their tasks and their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters.containers import seconds_of
from edge_tasks.adapters.inspecting import inspected
from edge_tasks.adapters.swarm import SwarmTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from edge_tasks.adapters.docker import Docker

_NAMESPACE: Final = "com.docker.stack.namespace"
_BILLION: Final = 10**9


@dataclass(frozen=True)
class StackService:
    """A service as it was deployed.

    Attributes:
        name: as the stack's file calls it.
        labels: its own.
        task_labels: those of its containers.
        replicas: how many tasks it is to have.
        secrets: the names of those that it uses.
    """

    name: str
    labels: Mapping[str, str]
    task_labels: Mapping[str, str]
    replicas: int
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StackTask(SwarmTask):
    """A task of one of these services.

    Attributes:
        service: as the stack's file calls it.
        id: of the task.
        at: when it came into its state, seconds since 1970.
    """

    service: str
    id: str
    at: float


@dataclass(frozen=True)
class SwarmStackOfServices:
    """A stack of a Swarm.

    Attributes:
        name: with which the names of all its services begin.
    """

    docker: Docker
    name: str

    def full_name(self, service: str) -> str:
        """What the Swarm calls a service of the stack."""
        return f"{self.name}_{service}"

    def services(self) -> tuple[StackService, ...]:
        """Its services, as they should run."""
        return tuple(self._service(spec) for spec in self._specs().values())

    def tasks(self) -> tuple[StackTask, ...]:
        """The tasks of all its services, also the last that have ended; the newest first."""
        specs: dict[str, dict[str, Any]] = {}

        def ids() -> list[str]:
            specs.clear()
            specs.update(self._specs())
            return self._task_ids(specs)

        found, nodes = inspected(self.docker, "task", ids), self._nodes()
        newest_first = sorted(found, key=lambda one: one["CreatedAt"], reverse=True)
        return tuple(self._task(one, specs, nodes) for one in newest_first if one["ServiceID"] in specs)

    def deploy(self, document: str) -> None:
        """Make the services of a file as it says; others of the stack stay as they are.

        Raises:
            CommandFailed: the Swarm refused.
        """
        how = ("--compose-file", "-", "--resolve-image", "never", "--with-registry-auth")
        self.docker.ask("stack", "deploy", *how, self.name, given=document)

    def restart(self, services: Sequence[str]) -> None:
        """End their tasks and begin new ones."""
        for service in services:
            self.docker.run("service", "update", "--quiet", "--detach", "--force", self.full_name(service))

    def empty(self, services: Sequence[str]) -> None:
        """End the tasks of services, which stay."""
        if services:
            self.docker.run("service", "scale", "--detach", *(f"{self.full_name(name)}=0" for name in services))

    def remove(self, services: Sequence[str]) -> None:
        """Remove services, whose tasks end."""
        if services:
            self.docker.run("service", "rm", *map(self.full_name, services))

    def secrets(self, label: str) -> frozenset[str]:
        """The names of all secrets with this label."""
        return frozenset(
            self.docker.ask("secret", "ls", "--filter", f"label={label}", "--format", "{{.Name}}").split()
        )

    def make_secret(self, name: str, content: Path, labels: Sequence[str]) -> None:
        """Make a secret of a file."""
        marks = (word for label in labels for word in ("--label", label))
        self.docker.feed(content, "secret", "create", *marks, name, "-")

    def remove_secrets(self, names: Sequence[str]) -> None:
        """Remove secrets that no service uses any more."""
        if names:
            self.docker.run("secret", "rm", *names)

    def cores(self, *, everywhere: bool) -> int:
        """The processors of all nodes that take tasks, else those of the smallest one; at least one."""
        ready = [
            one["Description"]["Resources"]["NanoCPUs"]
            for one in inspected(self.docker, "node", self._nodes)
            if one["Status"]["State"] == "ready" and one["Spec"]["Availability"] == "active"
        ]
        found = sum(ready) if everywhere else min(ready, default=0)
        return int(max(1, found // _BILLION))

    def _nodes(self) -> dict[str, str]:
        """Id → name of its host."""
        said = self.docker.ask("node", "ls", "--format", "{{.ID}} {{.Hostname}}")
        return {line.split()[0]: line.partition(" ")[2] for line in said.splitlines() if line}

    def _specs(self) -> dict[str, dict[str, Any]]:
        """Id → what was asked for, of each service."""
        asked = ("service", "ls", "--quiet", "--filter", f"label={_NAMESPACE}={self.name}")
        found = inspected(self.docker, "service", lambda: self.docker.ask(*asked).split())
        return {one["ID"]: one["Spec"] for one in found}

    def _task_ids(self, services: Iterable[str]) -> list[str]:
        named = list(services)
        return self.docker.ask("service", "ps", "--quiet", "--no-trunc", *named).split() if named else []

    def _service(self, spec: Mapping[str, Any]) -> StackService:
        container = spec["TaskTemplate"]["ContainerSpec"]
        replicas = (spec["Mode"].get("Replicated") or {}).get("Replicas", 0)
        labels = spec.get("Labels") or {}
        secrets = frozenset(one["SecretName"] for one in container.get("Secrets") or ())
        return StackService(self._short(spec), labels, container.get("Labels") or {}, int(replicas), secrets)

    def _short(self, spec: Mapping[str, Any]) -> str:
        return str(spec["Name"]).removeprefix(f"{self.name}_")

    def _task(
        self, found: Mapping[str, Any], specs: Mapping[str, Mapping[str, Any]], nodes: Mapping[str, str]
    ) -> StackTask:
        status = found["Status"]
        return StackTask(
            node=nodes.get(found.get("NodeID", ""), ""),
            state=status["State"],
            wanted=found["DesiredState"],
            error=status.get("Err", ""),
            slot=str(found.get("Slot", "")),
            service=self._short(specs[found["ServiceID"]]),
            id=found["ID"],
            at=seconds_of(status["Timestamp"]),
        )
