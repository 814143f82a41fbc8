"""How many edges connect at once: as many as the backend can take.

An edge arrives from its upgrade until the backend has answered its first request. A backend that queues what
edges send (a real one has Odoo's database written for each new edge) answers late, long before it refuses
anybody. So one more edge may arrive at once after each that arrived soon, no more after one that was slow, and
half as many after a round in which one failed or took too long.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST: Final = 1000
_FIRST: Final = 16
_LEAST: Final = 4
_SOON: Final = 1.0
_TOO_LONG: Final = 4.0


class Window:
    """How many edges may be arriving at once. No I/O.

    Attributes:
        size: that number.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.size = min(_FIRST, most)
        self._reduced = float("-inf")

    def limit(self, most: int) -> None:
        """Allow no more than that many from now on."""
        self._most = most
        self.size = min(self.size, most)

    def took(self, began: float, ended: float, *, connected: bool) -> None:
        """An edge arrived, or did not, from one time to another, in seconds of one clock.

        Edges that were already under way at the last reduction give no new information: a backend that drops them
        halves the window once.
        """
        span = ended - began
        if connected and span < _TOO_LONG:
            self.size = min(self._most, self.size + (span < _SOON))
        elif began >= self._reduced:
            self.size = max(min(_LEAST, self._most), self.size // 2)
            self._reduced = ended


class Ramp:
    """Lets callers connect in their order.

    Args:
        clock: seconds.
        a_second: the most edges in a second; None for no such limit.
        most: the most edges at once.
    """

    def __init__(self, clock: Callable[[], float], a_second: float | None = None, most: int = MOST) -> None:
        self._clock = clock
        self._window = Window(most)
        self._gap = 0.0
        self.limit(a_second, most)
        self._next = 0.0
        self._under_way = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    def limit(self, a_second: float | None, most: int = MOST) -> None:
        """Replace the limits."""
        self._gap = 0.0 if a_second is None else 1 / a_second
        self._window.limit(max(1, most))

    async def turn(self) -> float:
        """Wait for this caller's turn, and return when it began. :meth:`done` must follow."""
        if self._queue or self._under_way >= self._window.size:
            await self._wait()
        else:
            self._under_way += 1
        try:
            await self._slot()
        except asyncio.CancelledError:
            self._leave()
            raise
        return self._clock()

    def now(self) -> float:
        """The time of its clock, in seconds."""
        return self._clock()

    def done(self, began: float, *, connected: bool) -> None:
        """Note that the edge whose turn began then has arrived, or has failed."""
        self._window.took(began, self._clock(), connected=connected)
        self._leave()

    async def _slot(self) -> None:
        if self._gap:
            now = self._clock()
            slot = max(now, self._next)
            self._next = slot + self._gap
            await asyncio.sleep(slot - now)

    def _leave(self) -> None:
        self._under_way -= 1
        self._let_in()

    async def _wait(self) -> None:
        """Wait in the queue; an edge counts as under way from the moment when it leaves the queue."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():  # it was let in meanwhile
                self._leave()
            raise

    def _let_in(self) -> None:
        while self._queue and self._under_way < self._window.size:
            waiter = self._queue.popleft()
            if not waiter.cancelled():
                self._under_way += 1
                waiter.set_result(None)
