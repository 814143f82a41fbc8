"""What edges send becomes their history: kept in memory for a minute or some, and written in batches."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Final

from edge_tasks.backend.history_store import Row
from edge_tasks.backend.store import StoreError, reason
from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata.embedded.database import number_of
from edge_tasks.timedata.embedded.moments import together
from edge_tasks.timedata.embedded.recorder import Recorder

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator

    from edge_tasks.backend.history_store import HistoryStore
    from edge_tasks.backend.known_devices import Device
    from edge_tasks.timedata.embedded.database import Database
    from edge_tasks.timedata.embedded.recorder import Sent

_AT_ONCE: Final = 100
"""The most edges in one transaction: messages come between two of them."""
_MANY: Final = 1_000
_LONGER: Final = 5
"""Beyond :data:`_MANY` edges, it is written :data:`_LONGER` times less often."""
_TIDIED: Final = 10
"""In how many periods the rows are tidied once."""
_MOST_UNWRITTEN: Final = 100_000
"""The most rows that wait for a database that cannot be written; beyond that, the oldest ones are dropped."""


class LiveHistory:
    """The points of all edges that are not written yet.

    Attributes:
        ids: the channels that are known, with their ids.
    """

    def __init__(self, store: HistoryStore, database: Database, seconds: float, log: logging.Logger) -> None:
        self.ids: dict[str, int] = {}
        self._store = store
        self._database = database
        self._seconds = seconds
        self._log = log
        self._recorders: dict[int, Recorder] = {}
        self._numbers: dict[int, int] = {}
        self._waiting: set[int] = set()
        self._resolving: asyncio.Task[None] | None = None
        self._unwritten: list[Row] = []
        self._writing = asyncio.Lock()
        self._is_prepared = False

    def __len__(self) -> int:
        """How many rows wait because the database could not be written."""
        return len(self._unwritten)

    def take(self, device: Device, time: int, values: Sent) -> None:
        """Take over what an edge sent at a time (epoch ms). A device whose name has no number has no history."""
        recorder = self._recorders.get(device.id)
        if recorder is None:
            recorder = self._new(device)
        if recorder.take(time, values, self.ids) and device.id not in self._waiting:
            self._waiting.add(device.id)
            if self._resolving is None or self._resolving.done():
                self._resolving = asyncio.create_task(self._resolve())

    def blocks(self, device: Device) -> list[bytes]:
        """What is not written yet of a device."""
        recorder = self._recorders.get(device.id)
        if recorder is None:
            return []
        rows = [row.block for row in self._unwritten if row.device == device.id]
        return [*rows, *recorder.all_blocks(self.ids)]

    async def prepare(self) -> None:
        """Make the tables if they are missing. A failure is logged; edges are served all the same."""
        try:
            self.ids = await self._store.prepare()
            self._is_prepared = True
        except StoreError as error:
            self._log.warning("The history's tables cannot be made: %s", reason(error))

    async def write_for_ever(self) -> None:
        """Write what edges sent, every minute, or less often when they are very many."""
        while True:
            await asyncio.sleep(self._seconds * (_LONGER if len(self._recorders) > _MANY else 1))
            await self.write()

    async def tidy_for_ever(self) -> None:
        """Make many rows of a day one, every ten minutes, in a thread of its own."""
        stopped = threading.Event()
        try:
            while True:
                await asyncio.sleep(self._seconds * _TIDIED)
                try:
                    await asyncio.to_thread(_tidy, self._database, stopped.is_set)
                except StoreError as error:
                    self._log.warning("The history cannot be tidied: %s", reason(error))
        finally:
            stopped.set()

    async def write(self) -> None:
        """Write what edges sent until now. A failure is logged, and tried again the next time."""
        async with self._writing:
            if not self._is_prepared:
                await self.prepare()
            await self._resolve()
            devices = list(self._recorders)
            for first in range(0, max(len(devices), 1), _AT_ONCE):
                self._unwritten += self._rows(devices[first : first + _AT_ONCE])
                rows, self._unwritten = self._unwritten, []
                try:
                    await self._store.append(rows)
                except StoreError as error:
                    self._unwritten = [*rows, *self._unwritten][-_MOST_UNWRITTEN:]
                    self._log.warning(
                        "The history cannot be written; the next attempt follows: %s", reason(error)
                    )
                    return

    def _new(self, device: Device) -> Recorder:
        recorder = Recorder()
        try:
            self._numbers[device.id] = number_of(device.name)
            self._recorders[device.id] = recorder
        except ValueError:
            self._log.warning("%s has no number, so nothing of its history is kept", device.name)
        return recorder

    def _rows(self, devices: list[int]) -> list[Row]:
        rows = []
        for device in devices:
            recorder = self._recorders[device]
            recorder.finish(self.ids)
            rows += [
                Row(device, self._numbers[device], day, block) for day, block in _days(recorder.take_blocks())
            ]
        return rows

    async def _resolve(self) -> None:
        """Give ids to the channels that have none yet, and code what waited for them."""
        while self._waiting:
            devices, self._waiting = self._waiting, set()
            recorders = [self._recorders[device] for device in devices]
            new = {name for recorder in recorders for name in recorder.unknown(self.ids)}
            try:
                if new:
                    self.ids.update(await self._store.add_channels(new))
            except StoreError as error:
                self._waiting |= devices
                self._log.warning("New channels cannot be written: %s", reason(error))
                return
            for recorder in recorders:
                recorder.resolve(self.ids)


def _tidy(database: Database, is_over: Callable[[], bool]) -> None:
    from edge_tasks.timedata.embedded.upkeep import tidy  # noqa: PLC0415 - numpy takes 100 ms to import

    tidy(database, is_over)


def _days(blocks: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The days that blocks belong to, and one block for each."""
    days: dict[int, list[bytes]] = {}
    for time, block in blocks:
        days.setdefault(time // DAY_MS, []).append(block)
    for day, content in days.items():
        yield day, together(content)
