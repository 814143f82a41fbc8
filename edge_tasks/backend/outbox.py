"""What edges sent and is still to be written into the device table: many edges in few statements."""

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
"""The most devices in one transaction: more would take too long to parse while other edges connect."""
_OF_ONE: Final = 16
"""How many values of one device may wait; beyond that, the oldest ones are dropped."""


class Outbox(Generic[_T]):
    """Values of devices that must be written, in order for each device.

    Args:
        write: writes one value of each of some devices, by their ids.
        what: what the values are, for the log.
        log: where failures are logged.
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
        """How many devices have a value that waits."""
        return len(self._waiting)

    def put(self, number: int, value: _T) -> None:
        """Have a device's value written soon. A failure is logged."""
        values = self._waiting.setdefault(number, deque(maxlen=_OF_ONE))
        if values and values[-1] == value:
            return
        values.append(value)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._empty())

    async def drain(self) -> None:
        """Wait until everything is written or has failed."""
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
        """The oldest value of each of some devices."""
        part: dict[int, _T] = {}
        for number in list(islice(self._waiting, _MOST)):
            values = self._waiting.pop(number)
            part[number] = values.popleft()
            if values:
                self._waiting[number] = values
        return part
