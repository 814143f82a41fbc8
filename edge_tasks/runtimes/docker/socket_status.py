"""Which edges are online, as the kernel shows the connections of the program that they connect to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from edge_tasks.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.runtimes.docker.stack import Stack


@dataclass(frozen=True)
class SocketStatus:
    """The established connections of the port for edges as a source of status."""

    says: ClassVar[str] = "the kernel"
    remark: ClassVar[str] = (
        "the backend does not answer: only the connections to its port for edges were looked at;"
        " values and components cannot be seen, nor can light edges be told apart"
    )
    is_late: ClassVar[bool] = False
    sees_values: ClassVar[bool] = False

    stack: Stack

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        """Whether the container of each edge has a connection; a light edge is absent.

        Raises:
            BackendError: the program does not run, or its connections cannot be seen from here.
        """
        stack, wanted = self.stack, set(names)
        containers = {container.service: container for container in stack.containers()}
        door = containers.get(stack.services.door)
        if door is None or not door.is_running:
            raise BackendError("the backend does not run")
        peers = door.peers(stack.edge_port)
        if peers is None:
            raise BackendError(f"nobody can see who is connected to {stack.services.door}")
        return {
            edge.name: edge.service in containers and bool(containers[edge.service].addresses & peers)
            for edge in stack.context.fleet.edges_with_directory
            if edge.name in wanted
        }

    @staticmethod
    def components(_names: Sequence[str]) -> None:
        """A connection does not say it."""

    @staticmethod
    def values(_names: Sequence[str], _channels: Sequence[str]) -> dict[str, dict[str, object]]:
        """Empty: a connection does not say it."""
        return {}
