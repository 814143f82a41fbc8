"""Looks at the fleet again and again, one look at a time, and informs every open page."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final, Protocol

from edge_tasks.page.history import History
from edge_tasks.page.snapshot import Snapshot

EVERY_S: Final = 1.0
"""The shortest time between two looks."""
_REST: Final = 2.0
"""After a long look we wait this many times as long, because the backend has other things to do."""


class Source(Protocol):
    """Where looks come from; both may take long, and are called in a thread of their own, one at a time."""

    def look(self, before: Snapshot) -> Snapshot:
        """Ask once; ``before`` is the last look."""

    def edge(self, name: str) -> dict[str, Any] | None:
        """An edge's ports and components, without secrets; None when it is not of the fleet."""


class Feed:
    """The newest look and the history."""

    def __init__(self, source: Source, every_s: float = EVERY_S) -> None:
        self.source = source
        self._every_s = every_s
        self.history = History()
        self.newest = Snapshot(
            at=time.time(), looked=False, problem="the first look at the fleet is not finished yet"
        )
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Look until cancelled, even while no page is open, so that the charts have no gaps."""
        while True:
            started = time.monotonic()
            self.newest = await asyncio.to_thread(self.source.look, self.newest)
            self.history.add(self.newest)
            async with self._changed:
                self._changed.notify_all()
            took = time.monotonic() - started
            await asyncio.sleep(max(self._every_s - took, _REST * took))

    async def newer(self, known: Snapshot | None) -> Snapshot:
        """The newest look, as soon as it differs from ``known``; a slow reader misses the looks between."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.newest is not known)
        return self.newest
