"""Writes the pasts of many edges in several processes: each computes an edge and gives it to the history."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    context = multiprocessing.get_context("spawn")  # a fork would share what this process has open
    with _ended(ProcessPoolExecutor(count_of(pasts, processes), context, _begin, (pasts, sink))) as pool:
        for done in as_completed([pool.submit(_write, number) for number in range(len(pasts))]):
            yield done.result()


@contextmanager
def _ended(pool: ProcessPoolExecutor) -> Iterator[ProcessPoolExecutor]:
    """A pool that begins nothing more when somebody has had enough."""
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


class _Work:
    """What a process has been given."""

    pasts: Sequence[Past]
    sink: Sink
    lives: Lives


def _begin(pasts: Sequence[Past], sink: Sink) -> None:
    """Make a process ready. It ends with its parent, and Ctrl-C is its parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _Work.pasts, _Work.sink, _Work.lives = pasts, sink, Lives()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
