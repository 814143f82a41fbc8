"""The past of one edge, as points and as what the live edge goes on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from edge_tasks.history import samples
from edge_tasks.timedata.points import Points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.history.described import Described, Lives
    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.timedata.points import Whole
    from edge_tasks.timedata.span import Span

CHANNEL: Final = "_sum/ConsumptionActivePower"
"""By which points are counted: every light edge has it."""


@dataclass(frozen=True)
class Past:
    """The past of an edge that is to be written.

    Attributes:
        edge: what it follows from.
        begin: epoch ms, when the life begins.
        end: epoch ms, when the live edge goes on.
        every: ms between two points, the first at the beginning.
        spans: in which there are to be points.
    """

    edge: Described
    begin: int
    end: int
    every: int
    spans: Sequence[Span]

    def moments(self, begin: int, end: int) -> Whole:
        """The moments of points from epoch ms on and before another."""
        first = begin + (self.begin - begin) % self.every
        found = np.arange(first, max(first, end), self.every, dtype=np.int64)
        wanted = np.zeros(len(found), np.bool_)
        for span in self.spans:
            wanted |= (span.begin <= found) & (found < span.end)
        return found[wanted]

    def count(self, span: Span) -> int:
        """How many points there are to be in one of the spans."""
        return -(-(span.end - self.begin) // self.every) - -(-(span.begin - self.begin) // self.every)


def points_of(past: Past, lives: Lives) -> Iterator[Points | Memory]:
    """The points of a past, and after them what the live edge goes on with."""
    life, channels = lives.of(past.edge, past.begin)
    for begin, until, stretch in life.stretches(past.end, past.every):
        moments = past.moments(begin, until)
        if len(moments):
            yield Points(past.edge.name, moments, samples.values(stretch, channels, moments))
        if until == past.end:
            yield stretch.memory(until, past.begin)
