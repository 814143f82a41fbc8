"""The history of all edges: kept while they send, and answered about when somebody asks."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from edge_tasks.backend.history_store import HistoryStore
from edge_tasks.backend.live_history import LiveHistory
from edge_tasks.backend.store import StoreError

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping

    from edge_tasks.backend.config_file import Config
    from edge_tasks.backend.history_answers import Answers
    from edge_tasks.backend.json_rpc import JsonObject
    from edge_tasks.backend.known_devices import Device

DATA: Final = "queryHistoricTimeseriesData"
ENERGY: Final = "queryHistoricTimeseriesEnergy"
PERIODS: Final = "queryHistoricTimeseriesEnergyPerPeriod"
_NO_DATA: Final = "Unable to query historic data. Result is null"
NO_RESULT: Final[Mapping[str, str]] = {
    DATA: _NO_DATA,
    ENERGY: _NO_DATA,
    PERIODS: "Unable to query historic energy per period. Result is null",
}
"""What OpenEMS says when there is no answer, by the method that was called."""
_CLOSE_SECONDS: Final = 0.2


class History:
    """The history of all edges.

    Attributes:
        live: what is not written yet.
    """

    def __init__(self, config: Config, log: logging.Logger) -> None:
        self._config = config
        self._store = HistoryStore(config.database)
        self._answers: Answers | None = None
        self.live = LiveHistory(self._store, config.database, config.history_seconds, log)

    async def close(self, patience: float) -> None:
        """Write what is not written yet, but wait no longer than so many seconds; close the connections."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.live.write(), patience)
        with suppress(asyncio.TimeoutError, StoreError):
            await asyncio.wait_for(self._store.close(), _CLOSE_SECONDS)

    async def answer(self, method: str, device: Device, params: JsonObject) -> JsonObject:
        """The result of one of the methods in :data:`NO_RESULT`.

        Raises:
            RpcError: the params are wrong, there is no result, or the database cannot be read.
            UncaughtError: OpenEMS fails with an exception that nobody catches.
        """
        if self._answers is None:
            self._answers = await asyncio.to_thread(self._make_answers)
        return await self._answers.answer(method, device, params)

    def _make_answers(self) -> Answers:
        """Make what answers, in a thread, because edges send meanwhile."""
        from edge_tasks.backend.history_answers import Answers  # noqa: PLC0415 - numpy takes 100 ms to import

        return Answers(self._config, self._store, self.live)
