"""A container for each edge, and one for all light edges."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.adapters.processes import until
from edge_tasks.openems import configuration
from edge_tasks.plan import Plan, counted
from edge_tasks.proof.protocol import EdgeProcess
from edge_tasks.runtimes.docker import light_container, starting
from edge_tasks.runtimes.docker.edge_plan import Wanted, changes_of, compare, overdue
from edge_tasks.runtimes.light_host import change_of
from edge_tasks.runtimes.plans import EdgesToStart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge_tasks.adapters.containers import Container
    from edge_tasks.fleet.directories import Written
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.docker.backend_service import BackendService
    from edge_tasks.runtimes.docker.stack import Stack
    from edge_tasks.runtimes.light_host import LightHost
    from edge_tasks.runtimes.plans import Surplus

_COMES_BACK_S: Final = 5.0


@dataclass(frozen=True)
class EdgeContainers:
    """The edges' services of our override."""

    stack: Stack
    backend: BackendService

    since: ClassVar[str] = "its container was started"

    @cached_property
    def light_names(self) -> frozenset[str]:
        """The edges without a directory."""
        return frozenset(edge.name for edge in self.stack.context.fleet.light_edges)

    @cached_property
    def light(self) -> LightHost:
        """What runs them."""
        return light_container.host(self.stack, self.backend.uri)

    def find(self, written: Mapping[str, Written]) -> Plan[EdgesToStart]:
        """Compare the containers with the fleet and its directories."""
        stack, fleet = self.stack, self.stack.context.fleet
        containers = stack.containers()
        difference = compare(containers, self._wanted(written), written)
        planned = EdgesToStart(
            make=difference.make,
            restart=difference.restart,
            lost=self._lost(difference.others, containers, _starts(containers)),
            surplus=difference.surplus,
            light=self.light.find({}) if fleet.light else None,
        )
        of_light = () if planned.light is None else (change_of(planned.light),)
        return Plan((*changes_of(planned), *of_light), f"{counted(fleet.size, 'edge')} running", planned)

    def make_ready(self, plan: Plan[EdgesToStart]) -> None:
        """Create the containers.

        Raises:
            CommandFailed: Docker refused.
        """
        services = [edge.service for edge in plan.details.make]
        if services:
            self.stack.compose.create(services, parallel=starting.BATCH)

    def start(self, plan: Plan[EdgesToStart]) -> str:
        """Light edges first; then remove, make and restart in batches, so that the machine stays usable.

        Raises:
            CommandFailed: Docker refused, or the light host did not start its edges.
        """
        planned = plan.details
        of_light = () if planned.light is None else (self.light.start(planned.light),)
        of_others = (planned.make, planned.restart, planned.lost, planned.surplus)
        return ", ".join((*((self._start(planned),) if any(of_others) else ()), *of_light))

    def clear(self) -> None:
        """Remove the containers: what a real edge has counted is in its container.

        Raises:
            CommandFailed: Docker refused.
        """
        fleet = self.stack.context.fleet
        services = {edge.service for edge in fleet.edges_with_directory}
        ids = [found.id for found in self.stack.containers() if found.service in services]
        if ids:
            self.stack.docker.run("rm", "-f", "--volumes", *ids)
        if fleet.light:
            self.light.clear()

    def processes(self) -> dict[str, EdgeProcess]:
        """Edges with a directory as it and their container show them; light ones as their host does."""
        fleet = self.stack.context.fleet
        by_service = {container.service: container for container in self.stack.containers()}
        folder, uri = self.stack.context.platform.edges_folder, self.backend.uri
        found = {
            edge.name: _process(folder / edge.directory, edge, uri, by_service.get(edge.service))
            for edge in fleet.edges_with_directory
        }
        return {**found, **(self.light.processes() if fleet.light else {})}

    def _wanted(self, written: Mapping[str, Written]) -> Wanted:
        stack, fleet = self.stack, self.stack.context.fleet
        image = stack.project.image(stack.services.edge)
        return Wanted(
            edges=tuple(edge for edge in fleet.edges_with_directory if edge.name in written),
            hashes=stack.hashes(),
            image=stack.docker.images((image,)).get(image),
            own_edge=stack.services.edge,
            has_light=bool(fleet.light),
        )

    def _lost(
        self, edges: Sequence[Edge], containers: Sequence[Container], started: Mapping[str, float]
    ) -> tuple[Edge, ...]:
        """Running edges that the backend does not have and that will not reconnect soon by themselves."""
        if edges and self.backend.will_be_started(containers):
            return tuple(edges)
        read = self.stack.context.state.record.entries().get("read")
        of_backend = _starts(containers).get(self.stack.services.backend, 0.0)
        since = max(of_backend, read["at"] if read else 0.0)
        waiting = overdue(edges, started, since, time.time())
        online = starting.online(self.stack, waiting) if waiting else set()
        return tuple(edge for edge in waiting if edge.name not in online)

    def _start(self, planned: EdgesToStart) -> str:
        self._remove(planned.surplus)
        restart = (*planned.restart, *self._still_lost(planned.lost))
        with self.stack.context.waiting("edges connect"):
            again = self._bring(planned.make, restart)
        counts = (
            *((len(planned.make), "started"), (len(restart), "restarted"), (again, "of them twice")),
            (len(planned.surplus), "removed"),
        )
        did = ", ".join(f"{count} {word}" for count, word in counts if count)
        return f"edges: {did or 'reconnected by themselves'}"

    def _bring(self, make: Sequence[Edge], restart: Sequence[Edge]) -> int:
        """Start edges and start others again; how many had to be started twice."""
        return starting.make(self.stack, make) + starting.restart(self.stack, restart)

    def _still_lost(self, edges: Sequence[Edge]) -> tuple[Edge, ...]:
        """The edges that do not reconnect by themselves within seconds."""
        lost = tuple(edges)
        if self.stack.status.is_late:
            return lost
        deadline = time.monotonic() + _COMES_BACK_S
        while lost and until(deadline, starting.ASK_PAUSE_S):
            online = starting.online(self.stack, lost)
            lost = tuple(edge for edge in lost if edge.name not in online)
        return lost

    def _remove(self, surplus: Sequence[Surplus]) -> None:
        for with_volumes, arguments in ((False, ()), (True, ("--volumes",))):
            ids = [found.id for found in surplus if found.with_volumes is with_volumes]
            if ids:
                self.stack.docker.run("rm", "-f", *arguments, *ids)


def _process(directory: Path, edge: Edge, uri: str, container: Container | None) -> EdgeProcess:
    ignored, why = configuration_of(directory, edge, uri)
    if container is None:
        return EdgeProcess(running=False, why="it has no container", ignored=ignored)
    reason = container.why or why
    return EdgeProcess(container.is_running, reason, container.started, ignored, tries=not reason)


def _starts(containers: Sequence[Container]) -> dict[str, float]:
    """Service → when its container was started."""
    return {container.service: container.started for container in containers}


def configuration_of(directory: Path, edge: Edge, uri: str) -> tuple[tuple[str, ...], str]:
    """What the edge does not load from its directory, and what is wrong with its Backend controller."""
    try:
        found = configuration.read(directory)
    except OSError as error:
        return (), f"its config directory cannot be read: {error.strerror}"
    backend = found.backend()
    if backend is None:
        return found.ignored, "its config directory has no Backend controller that Felix loads"
    if backend.text("apikey") != edge.apikey:
        return found.ignored, "its config directory has another apikey"
    if backend.text("uri") != uri:
        return found.ignored, "its config directory has another address of the backend"
    return found.ignored, ""
