"""The past of one edge, as points and as what the live edge goes on with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from edge_tasks.history import samples
from edge_tasks.history.deliveries import Deliveries
from edge_tasks.history.resets import Resets
from edge_tasks.history.schedule import Schedule
from edge_tasks.timedata.points import Points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.described import Described, Lives
    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.timedata.points import Whole
    from edge_tasks.timedata.span import Span

CHANNEL: Final = "_sum/ConsumptionActivePower"
"""The channel whose points are counted: every light edge that measures anything has it."""


@dataclass(frozen=True)
class Past:
    """The past of an edge that is to be written.

    Attributes:
        edge: what it follows from.
        begin: epoch ms, when the life begins.
        end: epoch ms, when the live edge goes on.
        every: ms between two points, the first at the beginning.
        spans: in which there are to be points.
        incidents: what goes wrong in it.
    """

    edge: Described
    begin: int
    end: int
    every: int
    spans: Sequence[Span]
    incidents: tuple[Incident, ...] = ()

    @property
    def schedule(self) -> Schedule:
        """When the edge measures."""
        return Schedule(self.begin, self.end, self.every, self.incidents)

    def moments(self, begin: int, end: int) -> Whole:
        """The moments from epoch ms on and before another of which points are to be written."""
        found = self.schedule.moments(begin, end)
        times = self.schedule.times(found)
        wanted = np.zeros(len(found), np.bool_)
        for span in self.spans:
            wanted |= (span.begin <= times) & (times < span.end)
        return found[wanted]

    def count(self, span: Span) -> int:
        """How many points there are to be in one of the spans."""
        return self.schedule.count(span)


def points_of(past: Past, lives: Lives) -> Iterator[Points | Memory]:
    """The points of a past, and after them what the live edge goes on with."""
    life, channels = lives.of(past.edge, past.begin)
    schedule, deliveries = past.schedule, Deliveries(past.incidents)
    resets = Resets(life.plant, channels, past.incidents)
    memory: Memory | None = None
    for begin, until, stretch in life.stretches(schedule.stop, past.every):
        moments = past.moments(begin, until)
        counters = resets.counters(stretch, begin, until, moments)
        if len(moments):
            values = {**samples.values(stretch, channels, moments), **counters}
            points = Points(past.edge.name, schedule.times(moments), values)
            yield from deliveries.in_time(points, moments)
        if until == schedule.stop:
            memory = resets.remembered(stretch.memory(until, past.begin))
    yield from deliveries.late
    if memory:
        yield replace(memory, now=past.end, seen=past.end)
