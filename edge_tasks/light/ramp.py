"""How fast edges connect: as the backend takes them, by the number of upgrades that are under way at once.

One more after each upgrade, half after a round in which one failed. How long an upgrade takes decides nothing: in
a host with thousands of edges that is its own doing as much as the backend's.
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


class Window:
    """How many upgrades may be under way. No I/O.

    Attributes:
        size: so many.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.size = min(_FIRST, most)
        self._reduced = float("-inf")

    def limit(self, most: int) -> None:
        """Never more than so many from now on."""
        self._most = most
        self.size = min(self.size, most)

    def took(self, began: float, ended: float, *, connected: bool) -> None:
        """An upgrade lasted from one time to another, in seconds of one clock.

        Those that were already under way at the last reduction say nothing new: a backend that drops all of them
        halves the window once.
        """
        if connected:
            self.size = min(self._most, self.size + 1)
        elif began >= self._reduced:
            self.size = max(min(_LEAST, self._most), self.size // 2)
            self._reduced = ended


class Ramp:
    """Lets callers connect in their order.

    Args:
        clock: seconds.
        a_second: no more than so many; None for as many as the backend takes.
        most: under way at once.
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
        """Keep to other limits from now on."""
        self._gap = 0.0 if a_second is None else 1 / a_second
        self._window.limit(max(1, most))

    async def turn(self) -> float:
        """Wait for this caller's turn, which must be followed by :meth:`done`; when it began."""
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

    def done(self, began: float, *, connected: bool) -> None:
        """The upgrade that began then has ended."""
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
        """Wait in the queue; whoever is let in counts as under way from that moment."""
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
