"""The swarm runtime, put together: the docker runtime, but for where edges run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.runtimes.docker.backend_service import BackendService
from edge_tasks.runtimes.docker.database import PlatformDatabase
from edge_tasks.runtimes.docker.light_container import LightContainer
from edge_tasks.runtimes.docker.runtime import with_parts_of
from edge_tasks.runtimes.swarm.edge_services import EdgeServices
from edge_tasks.runtimes.swarm.edges import SwarmEdges
from edge_tasks.runtimes.swarm.light_tasks import SwarmTasks
from edge_tasks.runtimes.swarm.services import SwarmServices
from edge_tasks.runtimes.swarm.stack import SwarmStack

if TYPE_CHECKING:
    from edge_tasks.runtimes.context import RuntimeContext
    from edge_tasks.runtimes.protocols import Runtime


def assemble(context: RuntimeContext) -> Runtime:
    """All of it works on one stack, as in the docker runtime."""
    stack = SwarmStack(context)
    database, tasks = PlatformDatabase(stack), SwarmTasks(stack, LightContainer(stack))
    own = EdgeServices(stack)
    edges = SwarmEdges(stack, BackendService(stack), tasks, own)
    return with_parts_of("swarm", stack, database, SwarmServices(stack, database, tasks, own), edges)
