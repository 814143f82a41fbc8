"""What a host keeps of its edges: of those that run, and of those that may come back."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.host import memories
from edge_tasks.light.host.beat import now_ms
from edge_tasks.light.host.memories import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

_LOG: Final = logging.getLogger(__name__)
_WRITE_EVERY: Final = 30.0
_AT_ONCE: Final = 200


class MemoryFile:
    """The memory file of a host, see :mod:`.memories`.

    Args:
        find_running: gives the snapshots of the edges that run, with their names.
    """

    def __init__(self, find_running: Callable[[], Iterable[tuple[str, Snapshot]]]) -> None:
        self._find_running = find_running
        self._idle: dict[str, Snapshot] = {}
        self._is_read = False
        self._due_at = 0.0

    @property
    def is_due(self) -> bool:
        """Whether it should be written now."""
        return time.monotonic() >= self._due_at

    def mark(self) -> None:
        """Have it written soon."""
        self._due_at = 0.0

    def read(self, path: Path | None, new: AbstractSet[str]) -> None:
        """Read what is kept of new edges; those that are seen for the first time begin now.

        The first time, what the file has of all other edges is read as well: they may come back, too.

        Args:
            path: of the file; None where nothing is kept.
            new: the edges' names.
        """
        if new or not self._is_read:
            self._idle |= memories.load_newest(path, new, self._idle, and_others=not self._is_read)
            self._is_read = True
        began = now_ms()
        self._idle |= {name: Snapshot(Memory({}, {}, began, began)) for name in new - self._idle.keys()}

    def take(self, name: str) -> Snapshot:
        """What an edge that starts now goes on from; it was read before."""
        return self._idle.pop(name)

    def put(self, ended: Mapping[str, Snapshot]) -> None:
        """Keep what edges were that do not run any more."""
        self._idle |= ended

    async def write(self, path: Path | None) -> None:
        """Write it in pieces, so that cycles go on meanwhile. A failure is logged.

        A file that was not read stays as it is: it has what is not known here.

        Args:
            path: of the file; None where nothing is kept.
        """
        self._due_at = time.monotonic() + _WRITE_EVERY
        if path is None or not self._is_read:
            return
        try:
            for number, _ in enumerate(memories.saved(path, self._snapshots())):
                if number % _AT_ONCE == _AT_ONCE - 1:
                    await asyncio.sleep(0)
        except OSError as error:
            _LOG.error("the memory file cannot be written: %s", error.strerror)

    def _snapshots(self) -> Iterator[tuple[str, Snapshot]]:
        yield from list(self._idle.items())
        yield from self._find_running()
