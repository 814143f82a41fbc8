"""What edges told and is on its way to the device table: many edges in few statements."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from edge_tasks.backend.store import StoreError, reason

if TYPE_CHECKING:
    import logging
    from collections.abc import Awaitable, Callable, Mapping

_T = TypeVar("_T")
_MOST: Final = 100
"""In one transaction: as many configurations as one can parse and compare without delaying an upgrade much."""
_OF_ONE: Final = 16
"""Words of one device that wait; of more, the oldest are not worth writing."""


class Outbox(Generic[_T]):
    """Words of devices, each written, and those of one device in their order.

    Args:
        write: writes some of them, by id of the device.
        what: is written, for the log.
        log: where a failure is said.
    """

    def __init__(
        self, write: Callable[[Mapping[int, _T]], Awaitable[None]], what: str, log: logging.Logger
    ) -> None:
        self._write = write
        self._what = what
        self._log = log
        self._waiting: dict[int, deque[_T]] = {}
        self._work: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Of how many devices something waits."""
        return len(self._waiting)

    def put(self, number: int, word: _T) -> None:
        """Have it written soon; if it cannot be, that is logged."""
        words = self._waiting.setdefault(number, deque(maxlen=_OF_ONE))
        if words and words[-1] == word:
            return
        words.append(word)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._empty())

    async def drain(self) -> None:
        """Wait until everything is written, or could not be."""
        if self._work is not None:
            await asyncio.wait({self._work})

    async def _empty(self) -> None:
        while self._waiting:
            part = self._take()
            try:
                await self._write(part)
            except StoreError as error:
                self._log.warning("%s of %d edges cannot be written: %s", self._what, len(part), reason(error))

    def _take(self) -> dict[int, _T]:
        """The oldest word of some devices."""
        part: dict[int, _T] = {}
        for number in list(islice(self._waiting, _MOST)):
            words = self._waiting.pop(number)
            part[number] = words.popleft()
            if words:
                self._waiting[number] = words
        return part
