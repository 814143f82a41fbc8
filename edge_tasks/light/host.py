"""The host: converges on a fleet file and says in a status file what became of each edge.

FLEET FILE, polled every 0.2 s::

    {"revision": str, "status_file": absolute path, "memory_file": path (may be absent),
     "edges": [{"name": str, "directory": path, "digest": str}],
     "shared": {"files": {path: text}, "edges": {name: apikey}} (may be absent),
     "processes": int, "block": int, "connect_rate": int, "reconnect": "quick" or "openems" (all may be absent)}

Edges of ``shared`` have no directory: they are what those files make of an edge, each with its own apikey.

With ``processes``, so many parts run it under a :mod:`.supervisor`: each ``block`` edges in a row belong to one
part, and the files below are one a part, ``status-0.json`` for ``status.json``.

Edges no longer listed are closed, new ones started, those of another digest restarted; all others keep their
connection. Content that is no fleet is logged and changes nothing; a deleted file ends the host.

STATUS FILE, replaced in one step (mode 0600) at most every 0.25 s on a change and at least every 2 s (that of
thousands of edges less often: it is to take no more than 5 % of the time)::

    {"pid": int, "revision": the last one converged to, "written": epoch seconds,
     "edges": {name: {"state", "since", "why", "connects", "ignored", "unsimulated"}}}

States: ``starting``, ``connecting``, ``connected`` (half a second after the upgrade, for a refusing backend
upgrades too), ``refused`` and ``waiting`` (until the next try), ``unconfigured``. The file goes with the host.

MEMORY FILE: counters and charges, replaced in one step before an edge first connects, every 10 s and at the end;
see :mod:`.memories`. It stays.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.light import components, fleet_file, memories
from edge_tasks.light.edge import Edge, Surroundings, now_ms
from edge_tasks.light.model import model_of
from edge_tasks.light.ramp import MOST, Ramp
from edge_tasks.light.reconnect import Law
from edge_tasks.light.simulation import Memory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from edge_tasks.light.fleet_file import EdgeEntry, Fleet, Stamp
    from edge_tasks.light.model import Model

_LOG: Final = logging.getLogger(__name__)
_POLL: Final = 0.2
_STATUS_SOONEST: Final = 0.25
_STATUS_LATEST: Final = 2.0
_STATUS_SHARE: Final = 20
"""Of the time, one part in so many goes into writing the status of a large fleet."""
_CLOSING: Final = 1.5
_KEEP_EVERY: Final = 10.0
_READERS: Final = 2


class Host:
    """The running edges of one fleet file, or of a part of it."""

    def __init__(self, path: Path, fleet: Fleet, stamp: Stamp, part: int | None = None) -> None:
        self._path = path
        self._part = part
        self._fleet = fleet if part is None else fleet.part(part)
        self._stamp = stamp
        self._revision = ""
        self._running: dict[str, tuple[Edge, asyncio.Task[None]]] = {}
        self._stop = asyncio.Event()
        self._dirty = True
        self._written = 0.0
        self._writing = 0.0
        self._memories: dict[str, Memory] = {}
        self._life = random.getrandbits(32)
        self._kept = 0.0

    async def run(self) -> None:
        """Run until told to stop or the fleet file is deleted."""
        self._catch_signals()
        with ThreadPoolExecutor(_READERS) as reader:
            rng = random.Random()  # noqa: S311 - spreads connects in time, guards nothing
            around = Surroundings(Ramp(time.monotonic), self._mark, reader, rng, self._law)
            try:
                await self._supervise(around)
            finally:
                reader.shutdown(wait=False, cancel_futures=True)
                await self._close(list(self._running))
                self._keep()
                self._fleet.status_file.unlink(missing_ok=True)
        _LOG.info("ended")

    async def _supervise(self, around: Surroundings) -> None:
        await self._converge(around)
        while not self._stop.is_set():
            self._report()
            if time.monotonic() - self._kept >= _KEEP_EVERY:
                self._keep()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _POLL)
            if not self._stop.is_set() and self._look():
                await self._converge(around)

    def _look(self) -> bool:
        """Whether the fleet file has a new valid content, which then is this host's."""
        stamp = self._stamp
        try:
            stamp = fleet_file.stamp(self._path)
            if stamp == self._stamp:
                return False
            fleet = fleet_file.load(self._path)
            fleet = fleet if self._part is None else fleet.part(self._part)
        except FileNotFoundError:
            _LOG.info("the fleet file is gone")
            self._stop.set()
            return False
        except (OSError, fleet_file.FleetFileError) as error:
            self._stamp = stamp
            _LOG.error("the fleet file is not used: %s", error)
            return False
        self._stamp = stamp
        if fleet.status_file != self._fleet.status_file:
            self._fleet.status_file.unlink(missing_ok=True)
        self._fleet = fleet
        return True

    @property
    def _law(self) -> Law:
        return Law(self._fleet.reconnect, self._life)

    async def _converge(self, around: Surroundings) -> None:
        wanted = self._fleet.edges
        around.shared = _shared(self._fleet)
        around.law = self._law
        parts = max(1, self._fleet.processes)
        around.ramp.limit(self._fleet.connect_rate / parts, MOST // parts)
        gone = [name for name, (edge, _) in self._running.items() if _differs(edge, wanted.get(name))]
        await self._close(gone)
        new = {name for name in wanted if name not in self._running}
        self._memories |= memories.load_newest(self._fleet.memory_file, new, self._memories) if new else {}
        new -= self._memories.keys()
        began = now_ms()
        self._memories |= {name: Memory({}, {}, began, began) for name in new}
        if new:
            self._keep()  # before the first message: a host that is killed right after it knows when they began
        for name, entry in wanted.items():
            if name not in self._running:
                edge = Edge(entry, around, self._memories[name])
                task = asyncio.create_task(edge.run())
                task.add_done_callback(_complain)
                self._running[name] = edge, task
        self._revision = self._fleet.revision
        self._mark()
        _LOG.info("revision %s: %d edges, %d closed", self._revision, len(self._running), len(gone))

    async def _close(self, names: Iterable[str]) -> None:
        closing = {name: self._running.pop(name) for name in names}
        self._memories |= {name: edge.memory() for name, (edge, _) in closing.items()}
        tasks = [task for _, task in closing.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_CLOSING)

    def _keep(self) -> None:
        self._kept = time.monotonic()
        self._memories |= {name: edge.memory() for name, (edge, _) in self._running.items()}
        try:
            memories.save(self._fleet.memory_file, self._memories)
        except OSError as error:
            _LOG.error("the memory file is not written: %s", error.strerror)

    def _mark(self) -> None:
        self._dirty = True

    def _report(self) -> None:
        began = time.monotonic()
        soonest = max(_STATUS_SOONEST, _STATUS_SHARE * self._writing)
        if began - self._written < (soonest if self._dirty else max(soonest, _STATUS_LATEST - _POLL)):
            return
        self._written = began
        self._dirty = False
        try:
            fleet_file.write_status(self._fleet.status_file, self._status())
        except OSError as error:
            _LOG.error("the status file is not written: %s", error.strerror)
        self._writing = time.monotonic() - began

    def _status(self) -> dict[str, Any]:
        edges = {name: edge.status for name, (edge, _) in self._running.items()}
        return {"pid": os.getpid(), "revision": self._revision, "written": time.time(), "edges": edges}

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        if self._part is not None:
            threading.Thread(target=_read_to_end, args=(loop, self._stop), daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._stop.set))


def raise_file_limit() -> None:
    """One socket an edge: as many open files as the system lets this process have."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is none on Windows

        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def serve(path: Path, part: int | None = None) -> None:
    """Run the fleet of a file, or a part of it.

    Raises:
        OSError: the file cannot be read.
        FleetFileError: it is no fleet.
    """
    stamp = fleet_file.stamp(path)
    await Host(path, fleet_file.load(path), stamp, part).run()


def _read_to_end(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Wait until standard input ends, which the supervisor holds open."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(ended.set)


def _differs(edge: Edge, entry: EdgeEntry | None) -> bool:
    return entry is None or entry.digest != edge.entry.digest


def _shared(fleet: Fleet) -> Model | None:
    if not fleet.shared:
        return None
    files = ((PurePosixPath(path), text.encode()) for path, text in sorted(fleet.shared.items()))
    found = components.configuration((path, text) for path, text in files if path.suffix == ".config")
    for line in found.ignored:
        _LOG.warning("the shared template: ignored as Felix would: %s", line)
    return model_of(found)


def _complain(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _LOG.error("an edge failed: %r", error)
