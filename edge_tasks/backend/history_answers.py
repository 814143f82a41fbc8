"""What is asked about an edge's history is answered like OpenEMS, out of what was written and what is not yet.

Only who asks needs this: it imports numpy.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.backend import history_request
from edge_tasks.backend.config_file import AGGREGATED
from edge_tasks.backend.history import DATA, ENERGY, NO_RESULT
from edge_tasks.backend.json_rpc import RpcError
from edge_tasks.backend.store import StoreError, reason
from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata import aggregated, answer
from edge_tasks.timedata.embedded.block import joined, series_in
from edge_tasks.timedata.embedded.database import number_of
from edge_tasks.timedata.embedded.recorder import stored
from edge_tasks.timedata.series import EMPTY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from edge_tasks.backend.config_file import Config
    from edge_tasks.backend.history_store import HistoryStore
    from edge_tasks.backend.json_rpc import JsonObject
    from edge_tasks.backend.known_devices import Device
    from edge_tasks.backend.live_history import LiveHistory
    from edge_tasks.timedata.question import Question
    from edge_tasks.timedata.series import Series
    from edge_tasks.timedata.table import Table

_BEFORE: Final = 2
"""A bucket or a day before a question is needed, too, wherever in the world it begins."""


@dataclass(frozen=True)
class Answers:
    """Answers about the history of all edges.

    Attributes:
        config: says whose answers are given.
        store: what was written.
        live: what is not written yet.
    """

    config: Config
    store: HistoryStore
    live: LiveHistory

    async def answer(self, method: str, device: Device, params: JsonObject) -> JsonObject:
        """The result of one of the methods in :data:`NO_RESULT`.

        Raises:
            RpcError: the params are wrong, there is no result, or the database cannot be read.
            UncaughtError: OpenEMS fails with an exception that nobody catches.
        """
        asked = history_request.question(params)
        try:
            found = await (self._of_aggregated if self.config.timedata == AGGREGATED else self._plain)(
                method, device, asked, params
            )
        except StoreError as error:
            raise RpcError(f"The history cannot be read: {reason(error)}") from error
        if found is None:
            raise RpcError(NO_RESULT[method])
        return found

    async def _plain(self, method: str, device: Device, asked: Question, params: JsonObject) -> JsonObject | None:
        if method == ENERGY:
            found = answer.energy(asked, await self._ends(device, asked))
            return None if found is None else {"data": found}
        if method == DATA:
            length = history_request.resolution_or_automatic(params, asked)
            return _result(answer.data(asked, await self._series(device, asked), length))
        length = history_request.resolution(params)
        return _result(answer.energy_per_period(asked, await self._series(device, asked), length))

    async def _of_aggregated(
        self, method: str, device: Device, asked: Question, params: JsonObject
    ) -> JsonObject | None:
        meters = self.config.release.aggregated_meters
        series = await self._series(device, asked, whole=method != DATA)
        values = {channel: stored(value) for channel, value in device.values(asked.channels).items()}
        present = aggregated.Present(int(time.time() * 1000), values)
        if method == ENERGY:
            found = aggregated.energy(asked, series, present, meters)
            return None if found is None else {"data": found}
        if method == DATA:
            length = history_request.resolution_or_automatic(params, asked)
            return _result(aggregated.data(asked, series, length, meters))
        length = history_request.resolution(params)
        return _result(aggregated.energy_per_period(asked, series, length, present, meters))

    async def _ends(self, device: Device, asked: Question) -> dict[str, Series]:
        """The first and the last points of a question; all of them if a channel has none on those days."""
        ids = await self._ids(asked)
        rows = await self.store.ends(number_of(device.name), *_days(asked, 0))
        found = series_in([block for _, block in rows], set(ids.values()))
        days = {day for day, _ in rows}
        if days and not all(_has_ends(found.get(key, EMPTY), asked, days) for key in ids.values()):
            return await self._series(device, asked)
        return self._named(device, ids, found)

    async def _series(self, device: Device, asked: Question, *, whole: bool = False) -> dict[str, Series]:
        """The series of a question and of a day or two before it; of all time before it, if that is needed."""
        ids = await self._ids(asked)
        first, last = _days(asked, _BEFORE)
        blocks = await self.store.days(number_of(device.name), 0 if whole else first, last)
        return self._named(device, ids, series_in(blocks, set(ids.values())))

    def _named(self, device: Device, ids: Mapping[str, int], written: Mapping[int, Series]) -> dict[str, Series]:
        """Series by the names of their channels, with what is not written yet."""
        unwritten = series_in(self.live.blocks(device), set(ids.values()))
        parts = {name: [one[key] for one in (written, unwritten) if key in one] for name, key in ids.items()}
        return {name: joined(series) for name, series in parts.items() if series}

    async def _ids(self, asked: Question) -> dict[str, int]:
        """The ids of the channels that anybody ever wrote."""
        if any(channel not in self.live.ids for channel in asked.channels):
            self.live.ids.update(await self.store.channels())
        return {name: self.live.ids[name] for name in asked.channels if name in self.live.ids}


def _has_ends(found: Series, asked: Question, days: Collection[int]) -> bool:
    """Whether a channel has points on the first and on the last day that was read."""
    inside = found.between(asked.span.begin + 1, asked.span.end)
    if not inside:
        return False
    return (int(inside.times[0]) // DAY_MS, int(inside.times[-1]) // DAY_MS) == (min(days), max(days))


def _days(asked: Question, before: int) -> tuple[int, int]:
    """The first and the last day (of UTC) that a question touches, the first one earlier by some days."""
    return asked.span.begin // DAY_MS - before, (asked.span.end - 1) // DAY_MS


def _result(table: Table | None) -> JsonObject | None:
    return None if table is None else table.result()
