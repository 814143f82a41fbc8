"""What goes wrong in a past, reckoned a second time: which points there are, and what their counters show. Pure.

All points of a past are put down in the order in which they were measured. Of those with the same time, the last
one stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from edge_tasks.fleet import incidents as kinds
from edge_tasks.history.truth.answered import needed
from edge_tasks.history.truth.reckoning import WMS_PER_WH
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.truth.answered import Bill, PastPoints
    from edge_tasks.timedata.points import Whole


@dataclass(frozen=True)
class PastWithIncidents:
    """A past in which something goes wrong.

    Attributes:
        points: that it would have otherwise.
        end: epoch ms, from which on the live edge went on.
        incidents: what goes wrong.
    """

    points: PastPoints
    end: int
    incidents: tuple[Incident, ...]

    @property
    def moments(self) -> set[int]:
        """Epoch ms at which energies must be known."""
        resets = {one.begin for one in self.incidents if one.kind in kinds.RESETS}
        return resets | ({self._left, self.end} if self._left < NEVER else set())

    def needed(self, bill: Bill) -> list[int]:
        """The times of the points that the answers follow from; none if nothing goes wrong."""
        return needed(bill, self) if self.incidents else []

    def before(self, moment: int) -> Iterator[int]:
        """The time of the last point before epoch ms, if there is any."""
        place = int(np.searchsorted(self._times, min(moment, self.points.until)))
        yield from self._times[place - 1 : place].tolist() if place else ()

    def after(self, moment: int) -> Iterator[int]:
        """The time of the first point after epoch ms, if there is any."""
        place = int(np.searchsorted(self._times, moment, "right"))
        yield from self._times[place : place + 1].tolist()

    def measured(self, times: Sequence[int]) -> list[int]:
        """When the points with some times were measured; epoch ms."""
        if not times:
            return []
        found: list[int] = self._measured[np.searchsorted(self._times, times)].tolist()
        return found

    def used(self, energies: Whole, moments: Sequence[int]) -> Whole:
        """What was used in W*ms until each moment, by counter, moment and edge.

        An edge that has left uses nothing until the live edge goes on.

        Args:
            energies: the same, as if no edge had left.
            moments: epoch ms, ascending, with :attr:`moments` among them.
        """
        if self._left == NEVER:
            return energies
        left, end = (energies[:, [moments.index(one)]] for one in (self._left, self.end))
        asked = np.array(moments)[None, :, None]
        since = left + np.where(asked > self.end, energies - end, 0)
        found: Whole = np.where(asked > self._left, since, energies)
        return found

    def shown(self, channel: str, used: Whole, moments: Sequence[int], measured: Sequence[int]) -> Whole:
        """What a counter shows in Wh at some points, by point and edge.

        Args:
            channel: of the counter.
            used: of the counter, in W*ms by moment and edge.
            moments: epoch ms of these.
            measured: when the points were; epoch ms.
        """
        counted = used[np.searchsorted(moments, measured)]
        found: Whole = counted.copy()
        for moment in sorted(one.begin for one in self.incidents if one.has(channel)):
            since = np.array(measured, np.int64) >= moment
            found[since] = counted[since] - used[moments.index(moment)]
        return found // WMS_PER_WH

    @cached_property
    def _left(self) -> int:
        return kinds.left_at(self.incidents, NEVER)

    @cached_property
    def _table(self) -> tuple[Whole, Whole]:
        """The times of all points, ascending, and when each of them was measured."""
        points = self.points
        measured = np.arange(points.begin, min(self.end, self._left), points.every, dtype=np.int64)
        times = measured.copy()
        for one in self.incidents:
            concerned = (one.begin <= measured) & (measured < one.end)
            if one.kind == kinds.GAP:
                times[concerned] = NEVER
            elif one.kind == kinds.CLOCK:
                times[concerned] = measured[concerned] + one.shift_ms
        found, from_end = np.unique(times[::-1], return_index=True)  # the first one from the end is the last one
        stays = (points.begin <= found) & (found < points.until)
        return found[stays], measured[::-1][from_end[stays]]

    @property
    def _times(self) -> Whole:
        return self._table[0]

    @property
    def _measured(self) -> Whole:
        return self._table[1]
