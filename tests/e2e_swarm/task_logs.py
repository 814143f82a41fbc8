"""Which task ran which part of a fleet, and when: as the tasks of a Swarm have written it into their logs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

LINE = re.compile(
    r"\S+\.(?P<task>\w+)@(?P<node>\S+)\s+\| (?P<at>\d{4}-\d\d-\d\d [0-9:,]+) \w+ "
    r"(?:runs part (?P<part>\d+)|its edges have ended)"
)


@dataclass(frozen=True)
class Shift:
    """A task has run a part.

    Attributes:
        part: its number.
        task: an id of the task.
        node: where that was.
        begin: when it began, by the task's own clock; on a busy machine Docker reads the line much later.
        end: when it had ended; empty while it runs, or if nobody knows.
    """

    part: str
    task: str
    node: str
    begin: str
    end: str = ""


def shifts(logs: str) -> list[Shift]:
    """All of them, out of what ``docker service logs --no-trunc`` prints, each task in its own order."""
    open_now: dict[str, Shift] = {}
    ended: list[Shift] = []
    for found in filter(None, map(LINE.match, logs.splitlines())):
        task, at = found["task"], found["at"]
        if found["part"]:
            assert task not in open_now, f"{task} began with a part while it ran one"
            open_now[task] = Shift(found["part"], task, found["node"], at)
        else:
            ended.append(replace(open_now.pop(task), end=at))
    return [*ended, *open_now.values()]


def overlapping(found: list[Shift]) -> list[tuple[Shift, Shift]]:
    """Those that began before the one before them had ended with the same part."""
    by_begin = sorted(found, key=lambda one: (one.part, one.begin))
    return [
        (first, second)
        for first, second in pairwise(by_begin)
        if first.part == second.part and not "" < first.end < second.begin
    ]
