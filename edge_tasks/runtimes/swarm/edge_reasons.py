"""Why an edge with a service of its own does not run, in the words of people. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.machine_findings import size_of
from edge_tasks.errors import CommandFailed
from edge_tasks.plan import some
from edge_tasks.proof.protocol import EdgeProcess
from edge_tasks.runtimes.swarm.reasons import begins_by_itself, lacking_image, why_not
from edge_tasks.runtimes.swarm.shipping import to_load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.adapters.swarm import Node, SwarmTask
    from edge_tasks.adapters.swarm_stack import StackTask

RUNS: Final = "running"
"""The state of a task that runs."""
_RECENT_S: Final = 120.0
"""For so long after an edge was killed, that is why it is not connected; ``inv up`` awaits a new task as long."""
_NO_IMAGE: Final = re.compile(r"No such image: (\S+)")
_KILLED: Final = "non-zero exit (137)"
_TOO_FULL: Final = "insufficient resources"
_MIB: Final = 2**20


@dataclass(frozen=True)
class Needs:
    """What a reason may name.

    Attributes:
        image: of the edges, for people.
        memory: the largest of a task.
        reserved: bytes that a node must have free.
        by_manager: nodes that lack the image are given it by the next ``inv up``.
    """

    image: str
    memory: str
    reserved: int
    by_manager: bool = False

    def explained(self, why: str) -> str:
        """Docker's words, with what they do not say."""
        said = _NO_IMAGE.sub(f"the node has no image {self.image}", why)
        if _KILLED in said:
            return f"{said}: it was killed, as happens when its {self.memory} are full (--edge-memory)"
        if _TOO_FULL in said:
            return f"{said}; an edge needs {self.reserved // _MIB} MiB that no other task has reserved"
        return said

    def to_have_image(self, nodes: Sequence[str], called: str) -> str:
        """What to type so that nodes have the image, which their tasks call so."""
        is_given = self.by_manager and "@" not in called
        return "inv up" if is_given else to_load(self.image, nodes, called)

    def mending(self, why: str) -> str:
        """What to type against it, if that is known: twice the memory where it was full; empty else."""
        return f"inv up verify --edge-memory {2 * size_of(self.memory) // _MIB}m" if _KILLED in why else ""


def process_of(
    tasks: Sequence[StackTask], nodes: Sequence[Node], service: str, needs: Needs, now: float
) -> EdgeProcess:
    """An edge as its tasks show it.

    Args:
        tasks: its own, the newest first.
        nodes: all of the Swarm.
        service: the Swarm's name of its service.
        needs: of the edges.
        now: seconds since 1970, as the times of tasks.
    """
    if not tasks:
        return EdgeProcess(running=False, why="the Swarm has no task of it")
    task = running_task(tasks)
    if task is None:
        why, hint = why_absent(tasks, nodes, needs), hint_absent(tasks, service, needs)
        return EdgeProcess(running=True, why=why, hint=hint, has_ended=True)
    found = EdgeProcess(running=True, since=task.at, tries=True, node=task.node)
    age_s = max(0.0, now - task.at)
    if again := why_again(tasks, now, needs):
        found = replace(found, why=again, tries=False, hint=needs.mending(again))
    elif age_s < _RECENT_S:
        found = replace(found, why=f"its task on {task.node} began a short while ago", hint="inv verify")
    return replace(found, may_be_dead=age_s < _RECENT_S and _is_left(tasks))


def _is_left(tasks: Sequence[StackTask]) -> bool:
    """Whether a node is gone before it said that its task has ended."""
    return any(one.state == RUNS and one.wanted != RUNS for one in tasks)


def running_task(tasks: Sequence[StackTask]) -> StackTask | None:
    """The one that runs and is to run, if there is one."""
    return next((one for one in tasks if one.state == RUNS and one.wanted == RUNS), None)


def why_absent(tasks: Sequence[StackTask], nodes: Sequence[Node], needs: Needs) -> str:
    """Why none of an edge's tasks runs, with the node."""
    return needs.explained(why_not(tasks, nodes))


def called_by(tasks: Sequence[SwarmTask]) -> str:
    """What tasks call the image that their node does not have."""
    found = (_NO_IMAGE.search(one.error) for one in tasks)
    return next((match[1] for match in found if match), "")


def hint_absent(tasks: Sequence[StackTask], service: str, needs: Needs) -> str:
    """What to type then; ``service`` is the Swarm's name of it."""
    if nodes := lacking_image(tasks):
        return needs.to_have_image(nodes, called_by(tasks))
    if begins_by_itself(tasks):
        return "inv verify"
    return needs.mending(why_not(tasks, ())) or f"docker service ps --no-trunc {service}"


def without_image(nodes: tuple[str, ...], called: str, needs: Needs, failed: Mapping[str, str]) -> CommandFailed:
    """The error for nodes that lack the image.

    Args:
        nodes: their names.
        called: the image, as their tasks call it.
        needs: of the edges.
        failed: node's name → why it could not be given the image.
    """
    what = f"{some(nodes)} {'lack' if len(nodes) > 1 else 'lacks'} the image {needs.image}"
    if whys := tuple(f"{node}: {failed[node]}" for node in nodes if node in failed):
        return CommandFailed(f"{what} ({some(whys)})", hint=to_load(needs.image, nodes, called))
    return CommandFailed(what, hint=needs.to_have_image(nodes, called))


def why_again(tasks: Sequence[StackTask], now: float, needs: Needs) -> str:
    """Why the task before the one that runs has ended, if that was a short while ago; else empty."""
    ended = (one for one in tasks if one.error and one.state != RUNS and now - one.at < _RECENT_S)
    last = next(ended, None)
    return "" if last is None else needs.explained(f"its task on {last.node} has ended: {last.error}")
