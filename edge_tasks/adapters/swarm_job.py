"""A job of a Swarm: a global service whose tasks run once on each node, and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.inspecting import inspected

if TYPE_CHECKING:
    from edge_tasks.adapters.docker import Docker

COMPLETE: Final = "complete"
REJECTED: Final = "rejected"
_OVER: Final = frozenset({COMPLETE, REJECTED, "failed", "shutdown", "orphaned", "remove"})


@dataclass(frozen=True)
class JobTask:
    """The task of a job on one node.

    Attributes:
        id: the task's.
        node: the node's id.
        state: as Docker calls it.
        error: why it failed; empty if nothing is known.
    """

    id: str
    node: str
    state: str
    error: str

    @property
    def is_over(self) -> bool:
        """It has ended, well or not; a job begins none again."""
        return self.state in _OVER


@dataclass(frozen=True)
class SwarmJob:
    """A job that was created.

    Attributes:
        name: of its service.
    """

    docker: Docker
    name: str

    def tasks(self) -> dict[str, JobTask]:
        """Node's id → its task."""
        asked = ("service", "ps", "--quiet", "--no-trunc", self.name)
        found = inspected(self.docker, "task", lambda: self.docker.ask(*asked).split())
        tasks = (
            JobTask(one["ID"], one.get("NodeID", ""), one["Status"]["State"], one["Status"].get("Err", ""))
            for one in found
        )
        return {task.node: task for task in tasks}

    def last_word(self, task: JobTask) -> str:
        """The last line that a task's program has printed; empty if it has printed none."""
        said = self.docker.ask("service", "logs", "--raw", "--tail", "1", task.id)
        return next(reversed(said.strip().splitlines()), "").strip()
