"""When an edge measures, and at which moments its points are stored in spite of what goes wrong. Pure.

An edge measures at equal distances. A clock that is wrong gives another time to a point, which then replaces an
earlier one with the same time, or is replaced by a later one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge_tasks.fleet import incidents as kinds
from edge_tasks.timedata.span import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.pasts import Noted
    from edge_tasks.timedata.points import Whole


@dataclass(frozen=True)
class Schedule:
    """The moments of an edge's past.

    Attributes:
        begin: epoch ms, when it measures first.
        end: epoch ms, before which it does.
        every: ms between two.
        incidents: what goes wrong.
    """

    begin: int
    end: int
    every: int
    incidents: tuple[Incident, ...] = ()

    @property
    def stop(self) -> int:
        """Epoch ms, when the past stops: at its end, or when the edge leaves."""
        return kinds.left_at(self.incidents, self.end)

    def moments(self, begin: int, end: int) -> Whole:
        """The moments from epoch ms on and before another whose points are stored."""
        first = begin + (self.begin - begin) % self.every
        every: Whole = np.arange(first, max(first, end), self.every, dtype=np.int64)
        if not self.incidents:
            return every
        stored: Whole = every[self._is_heard(every) & ~self._is_replaced(every)]
        return stored

    def times(self, moments: Whole) -> Whole:
        """The times that the edge's clock gives to points that were measured at some moments."""
        found: Whole = moments.copy()
        for one in self.incidents:
            if one.shift_ms:
                found[_within(moments, one.begin, one.end)] += one.shift_ms
        return found

    def count(self, span: Span) -> int:
        """How many points are stored in a span between the beginning and the end."""
        if not self.incidents:
            return -(-(span.end - self.begin) // self.every) - -(-(span.begin - self.begin) // self.every)
        times = self.times(self.moments(self.begin, self.end))
        return int(_within(times, span.begin, span.end).sum())

    def _is_heard(self, moments: Whole) -> NDArray[np.bool_]:
        """Whether the edge measures then, and somebody hears it."""
        found = _within(moments, self.begin, self.stop)
        for one in self.incidents:
            if one.kind == kinds.GAP:
                found &= ~_within(moments, one.begin, one.end)
        return found

    def _is_replaced(self, moments: Whole) -> NDArray[np.bool_]:
        """Whether a point that is measured later has the same time."""
        times = self.times(moments)
        found = np.zeros(len(moments), np.bool_)
        for shift in {0, *(one.shift_ms for one in self.incidents)}:
            later = times - shift
            is_measured = (later > moments) & ((later - self.begin) % self.every == 0) & self._is_heard(later)
            found |= is_measured & (self.times(later) == times)
        return found


def count_of(noted: Noted) -> int:
    """How many points a past has that was written."""
    schedule = Schedule(noted.begin, noted.end, noted.every, noted.incidents)
    return schedule.count(Span(noted.begin, noted.until))


def _within(moments: Whole, begin: int, end: int) -> NDArray[np.bool_]:
    return (begin <= moments) & (moments < end)
