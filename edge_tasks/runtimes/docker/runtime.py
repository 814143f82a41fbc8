"""The docker runtime, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.runtimes.docker.backend_service import BackendService
from edge_tasks.runtimes.docker.correction import ConfigCorrection
from edge_tasks.runtimes.docker.database import PlatformDatabase
from edge_tasks.runtimes.docker.edge_containers import EdgeContainers
from edge_tasks.runtimes.docker.images import DockerImages
from edge_tasks.runtimes.docker.removal import RootFiles
from edge_tasks.runtimes.docker.services import DockerServices
from edge_tasks.runtimes.docker.stack import Stack
from edge_tasks.runtimes.docker.storage import Storage
from edge_tasks.runtimes.protocols import Runtime

if TYPE_CHECKING:
    from edge_tasks.runtimes.context import RuntimeContext


def assemble(context: RuntimeContext) -> Runtime:
    """All of it works on one stack, which asks Docker and the platform's files once for what stays the same."""
    stack = Stack(context)
    database = PlatformDatabase(stack)
    edges = EdgeContainers(stack, BackendService(stack))
    return with_parts_of("docker", stack, database, DockerServices(stack, database), edges)


def with_parts_of(
    name: str, stack: Stack, database: PlatformDatabase, services: DockerServices, edges: EdgeContainers
) -> Runtime:
    """A runtime of these services and edges; all else is the same wherever the platform runs in Compose."""
    return Runtime(
        name=name,
        services=services,
        database=database,
        backend=edges.backend,
        edges=edges,
        images=DockerImages(stack),
        correction=ConfigCorrection(stack),
        ownership=RootFiles(stack),
        storage=Storage(stack),
        light_host=lambda: edges.light,
    )
