"""Writes the pasts of many edges in several processes: each computes an edge and gives it to the history."""

from __future__ import annotations

from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from edge_tasks.adapters import workers
from edge_tasks.history.described import Lives
from edge_tasks.history.past import points_of
from edge_tasks.timedata.points import Points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.history.past import Past
    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.timedata.protocol import Sink


@dataclass(frozen=True)
class Done:
    """A past that was written.

    Attributes:
        name: of the edge.
        memory: with which the live edge goes on.
    """

    name: str
    memory: Memory


def count_of(pasts: Sequence[Past], most: int) -> int:
    """How many processes write pasts, of so many that there may be: each has at least one."""
    return max(1, min(most, len(pasts)))


def write(pasts: Sequence[Past], sink: Sink, processes: int) -> Iterator[Done]:
    """Write pasts in so many processes; each is told when it is written.

    Raises:
        HistoryError: the sink cannot be reached, or refuses. What was told is written.
    """
    most = count_of(pasts, processes)
    with workers.shared(_write, range(len(pasts)), most, partial(_begin, pasts, sink)) as results:
        for done in as_completed(results):
            yield done.result()


class _Work:
    """What a process has been given."""

    pasts: Sequence[Past]
    sink: Sink
    lives: Lives


def _begin(pasts: Sequence[Past], sink: Sink) -> None:
    _Work.pasts, _Work.sink, _Work.lives = pasts, sink, Lives()


def _write(number: int) -> Done:
    memory: list[Memory] = []

    def points() -> Iterator[Points]:
        for found in points_of(_Work.pasts[number], _Work.lives):
            if isinstance(found, Points):
                yield found
            else:
                memory.append(found)

    _Work.sink.write(points())
    return Done(_Work.pasts[number].edge.name, memory[0])
