"""The open lines of a program: they are pinged together and closed together."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from edge_tasks.backend.sockets import Line

_CLOSE_SECONDS: Final = 0.8
_PINGS_AT_ONCE: Final = 200


class Lines:
    """The lines that were opened and have not ended."""

    def __init__(self) -> None:
        self._open: set[Line] = set()
        self._none = asyncio.Event()
        self._none.set()

    def opened(self, line: Line) -> None:
        """Note one."""
        self._open.add(line)
        self._none.clear()

    def ended(self, line: Line) -> None:
        """Forget it."""
        self._open.discard(line)
        if not self._open:
            self._none.set()

    async def ping_for_ever(self, period: float) -> None:
        """Ping all of them, every so many seconds."""
        while True:
            await asyncio.sleep(period)
            for place, line in enumerate(list(self._open), 1):
                line.ping(period)
                if place % _PINGS_AT_ONCE == 0:
                    await asyncio.sleep(0)  # messages come between

    async def close(self) -> None:
        """Close all at once, and wait until they have ended; drop those that do not answer."""
        for line in list(self._open):
            line.close()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._none.wait(), _CLOSE_SECONDS)
        for line in list(self._open):
            line.drop()
