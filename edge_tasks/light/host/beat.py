"""The cycle of ten thousand edges: one timer for all of them.

A second has a hundred slots. Each edge is in one of them, and is called when that slot is due. A few neighbours
share a slot; the next ones have another. A late slot makes those behind it late, too; late calls are counted. A
whole second that was missed is not made up for. While no slot with edges is due, the timer sleeps.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Protocol

from edge_tasks.openems.components import CYCLE_MS

if TYPE_CHECKING:
    from collections.abc import Callable

_SLOTS: Final = 100
_SLOT: Final = CYCLE_MS // _SLOTS
_LATE: Final = 100
"""After how many ms a cycle is late."""
_AHEAD: Final = 7
"""So many slots without edges are slept through. An edge that comes into one of them meanwhile is not late."""
_NEIGHBOURS: Final = 8
"""So many edges in a row are called one after another: what they are made of lies close together in memory."""
_STRIDE: Final = 37
"""The next ones are called at another time, because a template changes them all alike."""


class Cyclic(Protocol):
    """What is called once a second."""

    def cycle(self, now: int) -> None:
        """Do what is due in the cycle at epoch ms."""


class Beat:
    """Calls edges once a second.

    Args:
        clock: epoch ms.

    Attributes:
        cycles: calls so far.
        late: those of them that came more than 100 ms late, or not at all.
        lag: ms that the latest one came late since :meth:`take_lag`.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._slots: list[dict[Cyclic, None]] = [{} for _ in range(_SLOTS)]
        self._next = clock() // _SLOT + 1
        self.cycles = 0
        self.late = 0
        self.lag = 0

    def add(self, edge: Cyclic, place: int) -> None:
        """Call an edge from now on; its place in the fleet decides when in a second."""
        self._slots[_slot(place)][edge] = None

    def remove(self, edge: Cyclic, place: int) -> None:
        """Stop calling an edge; nothing happens when it was not called."""
        self._slots[_slot(place)].pop(edge, None)

    def take_lag(self) -> float:
        """The most seconds that a cycle has been late since the last call of this method."""
        lag, self.lag = self.lag, 0
        return lag / 1000

    async def run(self) -> None:
        """Call all edges, each once a second, until cancelled."""
        while True:
            self.beat()
            await asyncio.sleep(max(0, self._awaited() - self._clock()) / 1000)

    def _awaited(self) -> int:
        """Epoch ms of the next slot with edges, or of one that is near: a new edge may be in any of them."""
        ahead = range(self._next, self._next + _AHEAD)
        return _SLOT * next((slot for slot in ahead if self._slots[slot % _SLOTS]), ahead.stop)

    def beat(self) -> None:
        """Call the edges that are due now."""
        now = self._clock()
        behind = now // _SLOT - self._next
        if not -1 <= behind < _SLOTS:  # a clock that was set, or a machine that slept
            self._missed(behind)
            self._next = now // _SLOT
        while self._next * _SLOT <= now:
            due = self._next * _SLOT
            slot = self._slots[self._next % _SLOTS]
            for edge in list(slot):
                edge.cycle(due)
            self._count(len(slot), self._clock() - due)
            self._next += 1

    def _count(self, calls: int, lag: int) -> None:
        self.cycles += calls
        if calls:
            self.late += calls if lag > _LATE else 0
            self.lag = max(self.lag, lag)

    def _missed(self, behind: int) -> None:
        if behind > 0:
            missed = behind // _SLOTS * sum(map(len, self._slots))
            self.cycles += missed
            self.late += missed
            self.lag = max(self.lag, behind * _SLOT)


def _slot(place: int) -> int:
    """The slot of an edge, by its place in the fleet."""
    return place // _NEIGHBOURS * _STRIDE % _SLOTS


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
