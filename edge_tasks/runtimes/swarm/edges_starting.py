"""Services of edges that are deployed, a few at a time, and watched until their edges are connected."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.adapters.processes import until
from edge_tasks.fleet.directories import Directories
from edge_tasks.runtimes.docker import starting
from edge_tasks.runtimes.swarm.edge_reasons import RUNS, called_by, running_task, without_image
from edge_tasks.runtimes.swarm.light_service import ANYWHERE
from edge_tasks.runtimes.swarm.reasons import lacking_image

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.adapters.swarm_stack import StackTask
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.swarm.edge_services import EdgeServices

_PAUSE_S: Final = 2.0
_PREPARES_S: Final = 600.0


def way_of(services: EdgeServices, edges: Sequence[Edge]) -> starting.Way:
    """How these edges are started: as many at a time as the nodes have processors."""
    way = _Way(services, edges)
    everywhere = services.stack.context.choices["placement"] == ANYWHERE
    return starting.Way(services.deployed.cores(everywhere=everywhere), way.begin, way.again, lambda: way)


@dataclass
class _Way:
    """Begins tasks, and counts an edge as connected only by a task that it has begun.

    Attributes:
        before: the tasks that ran before, by their ids.
    """

    services: EdgeServices
    edges: Sequence[Edge]
    before: set[str] = field(default_factory=set)

    pause_s: ClassVar[float] = _PAUSE_S

    def begin(self, names: Sequence[str]) -> None:
        """Deploy the services; of one that is deployed so already, the task begins anew."""
        self._pass_over(self.services.tasks(), names)
        edges = [edge for edge in self.edges if edge.service in names]
        written = Directories(self.services.stack.context.platform.edges_folder).written(edges)
        differs = self.services.find(edges, written)
        same = tuple(edge.service for edge in differs.others)
        if changed := [edge for edge in edges if edge.service not in same]:
            self.services.deploy(changed, written)
        self.services.deployed.restart(same)
        deadline = time.monotonic() + _PREPARES_S
        while not self._have_begun(names) and until(deadline, _PAUSE_S):
            pass

    def again(self, names: Sequence[str]) -> Sequence[str]:
        """Begin the tasks anew that run; one that waits for a node was not turned away."""
        tasks = self.services.tasks()
        running = [name for name in names if running_task(tasks.get(name, []))]
        self._pass_over(tasks, running)
        self.services.deployed.restart(running)
        return running

    def connected(self) -> set[str] | None:
        """The connected services; None while nobody knows.

        Raises:
            CommandFailed: nodes lack the image.
        """
        tasks = self.services.tasks()
        self._require_image(tasks)
        known = starting.connected_as_told(self.services.stack, self.edges)
        running = {name: running_task(found) for name, found in tasks.items()}
        new = {name for name, one in running.items() if one is not None and one.id not in self.before}
        return None if known is None else known & new

    def _have_begun(self, names: Sequence[str]) -> bool:
        """Whether each has a task that runs or says why not; a node may fetch the image first."""
        tasks = self.services.tasks()
        new = {name: [one for one in tasks.get(name, ()) if one.id not in self.before] for name in names}
        return all(any(one.state == RUNS or one.error for one in found) for found in new.values())

    def _pass_over(self, tasks: Mapping[str, Sequence[StackTask]], names: Sequence[str]) -> None:
        self.before |= {one.id for name in names if (one := running_task(tasks.get(name, [])))}

    def _require_image(self, tasks: Mapping[str, Sequence[StackTask]]) -> None:
        if not _lacking(tasks):
            return
        time.sleep(_PAUSE_S)  # for others that say so, too
        looked_again = self.services.tasks()
        if nodes := _lacking(looked_again):
            called = called_by(all_of(looked_again))
            raise without_image(nodes, called, self.services.needs, self.services.giver.failed)


def _lacking(tasks: Mapping[str, Sequence[StackTask]]) -> tuple[str, ...]:
    return lacking_image(all_of(tasks))


def all_of(tasks: Mapping[str, Sequence[StackTask]]) -> list[StackTask]:
    """The tasks of all services."""
    return [task for found in tasks.values() for task in found]
