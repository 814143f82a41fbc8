"""The swarm runtime, put together: the docker runtime, but for where light edges run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from edge_tasks.runtimes.docker.backend_service import BackendService
from edge_tasks.runtimes.docker.database import PlatformDatabase
from edge_tasks.runtimes.docker.edge_containers import EdgeContainers
from edge_tasks.runtimes.docker.light_container import LightContainer
from edge_tasks.runtimes.docker.runtime import with_parts_of
from edge_tasks.runtimes.swarm.light_tasks import SwarmHost, SwarmTasks
from edge_tasks.runtimes.swarm.services import SwarmServices
from edge_tasks.runtimes.swarm.stack import SwarmStack

if TYPE_CHECKING:
    from edge_tasks.runtimes.context import RuntimeContext
    from edge_tasks.runtimes.protocols import Runtime


@dataclass(frozen=True)
class SwarmEdges(EdgeContainers):
    """Light edges in tasks; the platform's own edge does not run."""

    tasks: SwarmTasks

    @cached_property
    def light(self) -> SwarmHost:
        """What runs them."""
        return SwarmHost(self.tasks, self.backend.uri)


def assemble(context: RuntimeContext) -> Runtime:
    """All of it works on one stack, as in the docker runtime."""
    stack = SwarmStack(context)
    database, tasks = PlatformDatabase(stack), SwarmTasks(stack, LightContainer(stack))
    edges = SwarmEdges(stack, BackendService(stack), tasks)
    return with_parts_of("swarm", stack, database, SwarmServices(stack, database, tasks), edges)
