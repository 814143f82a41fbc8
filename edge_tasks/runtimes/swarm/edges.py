"""The edges of a Swarm: a service for each with a directory, and one with the tasks of light edges."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.adapters.processes import until
from edge_tasks.fleet.identity import index_of_service
from edge_tasks.plan import Plan, counted, some
from edge_tasks.runtimes.docker import starting
from edge_tasks.runtimes.docker.edge_containers import EdgeContainers, configuration_of
from edge_tasks.runtimes.docker.edge_plan import changes_of, compare
from edge_tasks.runtimes.light_host import change_of
from edge_tasks.runtimes.plans import EdgesToStart
from edge_tasks.runtimes.swarm.edge_reasons import process_of, running_task, without_image
from edge_tasks.runtimes.swarm.edges_starting import all_of, way_of
from edge_tasks.runtimes.swarm.light_tasks import SwarmHost, SwarmTasks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from edge_tasks.adapters.swarm import Node
    from edge_tasks.adapters.swarm_stack import StackTask
    from edge_tasks.fleet.directories import Written
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.proof.protocol import EdgeProcess
    from edge_tasks.runtimes.plans import Surplus
    from edge_tasks.runtimes.swarm.edge_services import EdgeServices

_TASKS_AGAIN_S: Final = 30.0
"""A Swarm begins a task again after 5 s."""


@dataclass(frozen=True)
class SwarmEdges(EdgeContainers):
    """Edges on the nodes; the platform's own edge does not run."""

    tasks: SwarmTasks
    services: EdgeServices

    since: ClassVar[str] = "its task was started"

    @cached_property
    def light(self) -> SwarmHost:
        """What runs the light edges."""
        return SwarmHost(self.tasks, self.backend.uri)

    def find(self, written: Mapping[str, Written]) -> Plan[EdgesToStart]:
        """Compare the services with the fleet and its directories, and the containers here with what may stay.

        A task that waits for its node is the Swarm's to begin; the proof says why it waits.
        """
        stack, fleet = self.stack, self.stack.context.fleet
        containers = stack.containers()
        here = compare(containers, self._wanted({}), {})
        edges = tuple(edge for edge in fleet.edges_with_directory if edge.name in written)
        there = self.services.find(edges, written)
        tasks = self.services.tasks() if there.others or there.restart else {}
        to_give = self.services.find_lacking(all_of(tasks)) if edges else {}
        running = {name: running_task(found) for name, found in tasks.items()}
        started = {name: task.at for name, task in running.items() if task is not None}
        runs = tuple(edge for edge in there.others if edge.service in started)
        planned = EdgesToStart(
            make=there.make,
            restart=there.restart,
            lost=self._lost(runs, containers, started),
            surplus=(*here.surplus, *there.surplus),
            light=self.light.find({}) if fleet.light else None,
            to_give=to_give,
        )
        of_image = (f"give the edges' image to {some(tuple(to_give.values()))}",) if to_give else ()
        of_light = () if planned.light is None else (change_of(planned.light),)
        waiting = len(there.others) - len(runs)
        unchanged = f"{counted(fleet.size - waiting, 'edge')} running"
        unchanged += f", {waiting} whose task does not run: inv verify says why" if waiting else ""
        return Plan((*of_image, *changes_of(planned), *of_light), unchanged, planned)

    def make_ready(self, plan: Plan[EdgesToStart]) -> None:
        """Give nodes the image."""
        self.services.giver.give(plan.details.to_give)

    def start(self, plan: Plan[EdgesToStart]) -> str:
        """Give nodes the image if that is not done, and then start edges; see :class:`.EdgeContainers`.

        Raises:
            CommandFailed: as there; or a node that Docker has chosen for an edge cannot be given the image.
        """
        giver, to_give = self.services.giver, plan.details.to_give
        giver.give(to_give)
        if to_give:
            self._await_content(set(to_give.values()) - set(giver.failed))
        did = super().start(plan)
        if giver.failed and (nodes := self._complaining() & set(giver.failed)):
            raise without_image(tuple(sorted(nodes)), giver.called, self.services.needs, giver.failed)
        return ", ".join(filter(None, (giver.did, did)))

    def _await_content(self, nodes: Collection[str]) -> None:
        """Wait until no task says that it lacks what its node has by now: another one takes its place."""
        deadline = time.monotonic() + _TASKS_AGAIN_S
        while self._complaining() & set(nodes) and until(deadline, 1.0):
            pass

    def _complaining(self) -> set[str]:
        """The nodes that lack the image, as the tasks say now."""
        return self.services.giver.complaining(all_of(self.services.tasks()))

    def clear(self) -> None:
        """Remove the services: what a real edge has counted is in its container."""
        self.services.remove(self.services.names())
        super().clear()

    def processes(self) -> dict[str, EdgeProcess]:
        """Edges with a directory as it and their tasks show them; light ones as their tasks say."""
        fleet = self.stack.context.fleet
        tasks = self.services.tasks() if fleet.full else {}
        nodes = self.tasks.stack.swarm.nodes() if fleet.full else ()
        found = {
            edge.name: self._process(edge, tasks.get(edge.service, []), nodes)
            for edge in fleet.edges_with_directory
        }
        return {**found, **(self.light.processes() if fleet.light else {})}

    def _process(self, edge: Edge, tasks: Sequence[StackTask], nodes: Sequence[Node]) -> EdgeProcess:
        folder = self.stack.context.platform.edges_folder
        ignored, why = configuration_of(folder / edge.directory, edge, self.backend.uri)
        full_name = self.services.deployed.full_name(edge.service)
        found = process_of(tasks, nodes, full_name, self.services.needs, time.time())
        if why and found.node:
            found = replace(found, why=why, tries=False, hint="")
        return replace(found, ignored=ignored)

    def _bring(self, make: Sequence[Edge], restart: Sequence[Edge]) -> int:
        """Deploy what changed, and begin anew what did not; how many had to be started twice."""
        edges = (*make, *restart)
        if not edges:
            return 0
        try:
            return starting.bring(self.stack, edges, way_of(self.services, edges))
        finally:  # also if that was interrupted: old ones have old apikeys
            self.services.remove_old_secrets()

    def _remove(self, surplus: Sequence[Surplus]) -> None:
        services = [one.id for one in surplus if index_of_service(one.id) is not None]
        super()._remove([one for one in surplus if one.id not in services])
        if services:
            self.services.remove(services)
