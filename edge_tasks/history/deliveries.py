"""The order in which points are delivered, and how often. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge_tasks.fleet import incidents as kinds
from edge_tasks.timedata.points import Points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.timedata.points import Whole


class Deliveries:
    """Sorts out what arrives late or twice.

    Args:
        incidents: of the edge.

    Attributes:
        late: what arrives after everything else.
    """

    def __init__(self, incidents: Sequence[Incident]) -> None:
        self._late = [one for one in incidents if one.kind == kinds.LATE]
        self._twice = [one for one in incidents if one.kind == kinds.DUPLICATES]
        self.late: list[Points] = []

    def in_time(self, points: Points, moments: Whole) -> Iterator[Points]:
        """What arrives of some points before all that is late; some of it twice.

        Args:
            points: those of a stretch, in the order in which they were measured.
            moments: epoch ms, when they were measured.
        """
        late, twice = _within(moments, self._late), _within(moments, self._twice)
        if late.any():
            self.late.append(_part(points, late))
        if not late.all():
            yield _in_order(_part(points, ~late) if late.any() else points)
        if twice.any():
            yield _part(points, twice)


def _within(moments: Whole, incidents: Sequence[Incident]) -> NDArray[np.bool_]:
    found = np.zeros(len(moments), np.bool_)
    for one in incidents:
        found |= (one.begin <= moments) & (moments < one.end)
    return found


def _part(points: Points, chosen: NDArray[np.bool_]) -> Points:
    channels = {name: values[chosen] for name, values in points.channels.items()}
    return Points(points.edge, points.times[chosen], channels)


def _in_order(points: Points) -> Points:
    """The same by their times, which a wrong clock may have mixed up; each time is there only once."""
    if (np.diff(points.times) > 0).all():
        return points
    order = np.argsort(points.times)
    channels = {name: values[order] for name, values in points.channels.items()}
    return Points(points.edge, points.times[order], channels)
