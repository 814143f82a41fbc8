"""Why an edge has no task that runs it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge_tasks.adapters.swarm import Node, SwarmTask

_RUNS: Final = "running"
_RAN_WELL: Final = ("shutdown", "complete")
_NO_IMAGE: Final = "No such image"
_NOWHERE: Final = "no suitable node (scheduling constraints not satisfied on"


def why_not(tasks: Sequence[SwarmTask], nodes: Sequence[Node]) -> str:
    """The reason for people, with the node if there is one; of nodes only those count that have a task."""
    amiss = _amiss(tasks)
    waiting = [one for one in amiss if _waits(one)]
    used = {one.node for one in tasks}
    down = [node.name for node in nodes if not node.is_ready and node.name in used]
    drained = [node.name for node in nodes if node.is_ready and not node.takes_tasks and node.name in used]
    if failed := [one for one in amiss if one.wanted != "shutdown" and one not in waiting]:
        return _failed(failed[0])
    if down:
        waits = (
            f", and no other takes its task: {waiting[0].error}"
            if waiting
            else "; its task begins on another node"
        )
        return f"{_named(down)}{waits}"
    if waiting:
        return f"its task waits for a node: {waiting[0].error}"
    if amiss:
        return _failed(amiss[0])
    if drained:
        return f"its task moves, since node {', '.join(drained)} takes none"
    return _awaited(tasks)


def begins_by_itself(tasks: Sequence[SwarmTask]) -> bool:
    """Whether nothing stands in the way of a task that does not run yet."""
    return not _amiss(tasks)


def lacking_image(tasks: Sequence[SwarmTask]) -> tuple[str, ...]:
    """The nodes that have not got the image, and cannot fetch it."""
    return tuple(sorted({one.node for one in tasks if _NO_IMAGE in one.error and one.wanted != "shutdown"}))


def fitting_no_node(tasks: Sequence[SwarmTask]) -> str:
    """What the Swarm says if no node at all has what the constraints want; empty else."""
    said = (one.error for one in tasks if _waits(one) and one.error.startswith(_NOWHERE))
    return next((text for text in said if ";" not in text), "")


def _amiss(tasks: Sequence[SwarmTask]) -> list[SwarmTask]:
    """The tasks with an error; what was wrong before a task of the same slot ran well is over."""
    found: list[SwarmTask] = []
    over: set[str] = set()
    for task in tasks:
        if task.state == _RUNS or (task.state in _RAN_WELL and not task.error):
            over.add(task.slot)
        elif task.error and task.slot not in over:
            found.append(task)
    return found


def _newest(tasks: Sequence[SwarmTask]) -> Iterable[SwarmTask]:
    """The newest task of each slot."""
    return {one.slot: one for one in reversed(tasks)}.values()


def _waits(task: SwarmTask) -> bool:
    return task.wanted == _RUNS and task.state == "pending"


def _awaited(tasks: Sequence[SwarmTask]) -> str:
    runs = bool(tasks) and all(one.state == _RUNS for one in _newest(tasks))
    return "its task runs, and has not taken it yet" if runs else "its task has not begun yet"


def _failed(task: SwarmTask) -> str:
    return f"its task on {task.node or 'no node'} is {task.state}: {task.error}"


def _named(down: Sequence[str]) -> str:
    return f"node {down[0]} is down" if len(down) == 1 else f"nodes {', '.join(down)} are down"
