"""What edges told and is on its way to the device table: many edges in few statements."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from edge_tasks.embedded.store import StoreError, reason

if TYPE_CHECKING:
    import logging
    from collections.abc import Awaitable, Callable, Mapping

_T = TypeVar("_T")
_MOST: Final = 100
"""In one transaction: as many configurations as one can parse and compare without delaying an upgrade much."""


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
        self._waiting: dict[int, tuple[_T, asyncio.Future[None]]] = {}
        self._work: asyncio.Task[None] | None = None

    async def put(self, number: int, word: _T) -> None:
        """Have it written, and wait until it is, or could not be (which is logged)."""
        while number in self._waiting:  # over another socket with the same key
            await asyncio.wait({self._waiting[number][1]})
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[number] = word, written
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._empty())
        await written

    async def drain(self) -> None:
        """Wait until everything is written, or could not be."""
        if self._work is not None:
            await asyncio.wait({self._work})

    async def _empty(self) -> None:
        while self._waiting:
            numbers = list(self._waiting)[:_MOST]
            part = {number: self._waiting.pop(number) for number in numbers}
            try:
                await self._write({number: word for number, (word, _) in part.items()})
            except StoreError as error:
                self._log.warning("%s of %d edges cannot be written: %s", self._what, len(part), reason(error))
            finally:
                for _, written in part.values():
                    if not written.done():
                        written.set_result(None)
