"""The host: it runs the edges of a fleet file, and says in a status file what became of each.

FLEET FILE, polled every 0.2 s::

    {"revision": str, "status_file": absolute path, "memory_file": path (may be absent),
     "edges": [{"name": str, "directory": path, "digest": str}],
     "shared": {"files": {path: text}, "edges": {name: apikey}} (may be absent),
     "profile": as a profile's file has it, "seed": str (may be absent),
     "groups": [{"name": str, "files", "profile", "seed", "edges": [name]}] (may be absent),
     "processes": int, "block": int, "connect_rate": int, "reconnect": "quick" or "openems" (all may be absent),
     "trace_file": path, "ca_file": path (may be absent)}

Edges of ``shared`` have no directory: those files configure each of them, with an apikey of its own. An edge that
a group names has that group's files, profile and seed instead.

With ``processes``, a :mod:`.supervisor` runs it in that many parts: each ``block`` edges in a row belong to one
part, and each part has the files below for itself, ``status-0.json`` for ``status.json``.

Edges no longer listed are closed, new ones started, those of another digest restarted; all others keep their
connection. Content that is not a fleet is logged and changes nothing; a deleted file ends the host.

STATUS FILE, replaced in one step (mode 0600): at most every 0.25 s after a change, at least every 5 s, and less
often with thousands of edges, so that it takes no more than 5 % of the time::

    {"pid": int, "revision": the last one converged to, "written": epoch seconds,
     "counters": {"messages", "bytes", "connects", "disconnects", "refusals", "dropped", "resent",
                  "cycles", "late_cycles", "lag_s": how late the slowest cycle was since the last status},
     "edges": {name: {"state", "since", "why", "connects", "ignored", "unsimulated"}}}

States: ``starting``, ``connecting``, ``connected`` (half a second after the upgrade, because a backend that
refuses an edge upgrades its connection, too), ``refused`` and ``waiting`` (until the next try), ``unconfigured``.
The host deletes the file when it ends.

MEMORY FILE: counters and charges, replaced in one step before an edge first connects, every 30 s and at the end;
see :mod:`.memories`. It stays when the host ends.

TRACE FILE: what each connection goes through, see :mod:`.trace`. It stays, too.
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
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from edge_tasks.light.host import fleet_file
from edge_tasks.light.host.beat import Beat, now_ms
from edge_tasks.light.host.edge import Edge
from edge_tasks.light.host.memory_file import MemoryFile
from edge_tasks.light.host.ramp import MOST, Ramp
from edge_tasks.light.host.shared_state import Connecting, SharedState
from edge_tasks.light.host.status_report import StatusReport
from edge_tasks.light.host.trace import Trace
from edge_tasks.light.wire.reconnect import ReconnectPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from edge_tasks.light.host.fleet import EdgeEntry, Fleet
    from edge_tasks.light.host.fleet_file import Stamp
    from edge_tasks.light.host.memories import Snapshot

_LOG: Final = logging.getLogger(__name__)
_POLL: Final = 0.2
_CLOSING: Final = 1.5
_READERS: Final = 2


class Host:
    """The running edges of one fleet file, or of a part of it."""

    def __init__(self, path: Path, fleet: Fleet, stamp: Stamp, part: int | None = None) -> None:
        self._path = path
        self._part = part
        self._fleet = fleet if part is None else fleet.part(part)
        self._stamp = stamp
        self._revision = ""
        self._running: dict[str, Edge] = {}
        self._stop = asyncio.Event()
        self._report = StatusReport()
        self._memory = MemoryFile(self._snapshots)
        self._life = random.getrandbits(32)
        self._waiting: asyncio.Queue[Connecting] = asyncio.Queue()
        self._connecting: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Run until told to stop or the fleet file is deleted."""
        self._catch_signals()
        with ThreadPoolExecutor(_READERS) as reader:
            shared = self._share(reader)
            work = [asyncio.create_task(shared.beat.run()), asyncio.create_task(self._connect(shared))]
            for task in work:
                task.add_done_callback(self._log_failure)
            try:
                await self._supervise(shared)
            finally:
                for task in (*work, *self._connecting):
                    task.cancel()
                reader.shutdown(wait=False, cancel_futures=True)
                await self._close(list(self._running))
                await self._memory.write(self._fleet.memory_file)
                shared.write_trace()
                self._fleet.status_file.unlink(missing_ok=True)
        _LOG.info("ended")

    def _share(self, reader: ThreadPoolExecutor) -> SharedState:
        rng = random.Random()  # noqa: S311 - spreads connects in time, guards nothing
        shared = SharedState(Ramp(time.monotonic), Beat(now_ms), reader, rng, self._policy)
        shared.enqueue = self._waiting.put_nowait
        shared.changed = self._report.mark
        shared.keep = self._memory.mark
        shared.trace = Trace(self._fleet.trace_file) if self._fleet.trace_file else None
        return shared

    async def _supervise(self, shared: SharedState) -> None:
        await self._converge(shared)
        while not self._stop.is_set():
            shared.connections.sum_up()
            shared.write_trace()
            self._report.write_when_due(self._fleet.status_file, lambda: self._status(shared))
            if self._memory.is_due:
                await self._memory.write(self._fleet.memory_file)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _POLL)
            if not self._stop.is_set() and self._reread():
                await self._converge(shared)

    async def _connect(self, shared: SharedState) -> None:
        """Let waiting edges connect, in their order and when the ramp allows it. Only these edges have a task."""
        while True:
            edge = await self._waiting.get()
            if edge.gone:
                continue
            turn = await shared.ramp.turn()
            task = asyncio.create_task(edge.connect(turn))
            self._connecting.add(task)
            task.add_done_callback(self._log_failure)

    def _reread(self) -> bool:
        """Whether the fleet file has a new valid content, which this host then takes over."""
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
    def _policy(self) -> ReconnectPolicy:
        return ReconnectPolicy(self._fleet.reconnect, self._life)

    async def _converge(self, shared: SharedState) -> None:
        wanted = self._fleet.edges
        shared.take_over(self._fleet)
        shared.policy = self._policy
        parts = max(1, self._fleet.processes)
        shared.ramp.limit(self._fleet.connect_rate / parts, MOST // parts)
        gone = [name for name, edge in self._running.items() if _differs(edge, wanted.get(name))]
        await self._close(gone)
        new = [name for name in wanted if name not in self._running]
        self._memory.read(self._fleet.memory_file, set(new))
        if new:  # before the first message: a host that is killed right after it knows when they began
            await self._memory.write(self._fleet.memory_file)
        for name in new:
            edge = self._running[name] = Edge(wanted[name], shared, self._memory.take(name))
            self._waiting.put_nowait(edge)
        self._revision = self._fleet.revision
        self._report.mark()
        _LOG.info("revision %s: edges %d, closed %d", self._revision, len(self._running), len(gone))

    async def _close(self, names: Iterable[str]) -> None:
        """Close the connections of edges, and wait a moment for the backend's part in that."""
        closing = {name: self._running.pop(name) for name in names}
        self._memory.put({name: edge.snapshot() for name, edge in closing.items()})
        for edge in closing.values():
            edge.leave()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(_all_ended(list(closing.values())), _CLOSING)
        for edge in closing.values():
            edge.drop()

    def _snapshots(self) -> Iterator[tuple[str, Snapshot]]:
        return ((name, edge.snapshot()) for name, edge in list(self._running.items()))

    def _log_failure(self, task: asyncio.Task[None]) -> None:
        self._connecting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("a part of the host failed", exc_info=error)

    def _status(self, shared: SharedState) -> Mapping[str, object]:
        beat = shared.beat
        cycles = {"cycles": beat.cycles, "late_cycles": beat.late, "lag_s": beat.take_lag()}
        return {
            "pid": os.getpid(),
            "revision": self._revision,
            "written": time.time(),
            "counters": {**asdict(shared.tally), **cycles},
            "edges": {name: edge.status for name, edge in self._running.items()},
        }

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        if self._part is not None:
            threading.Thread(target=_read_to_end, args=(loop, self._stop), daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._stop.set))


def raise_file_limit() -> None:
    """Raise the limit of open files as far as the system allows: each edge has a socket."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is none on Windows

        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def serve(path: Path, part: int | None = None) -> None:
    """Run the fleet of a file, or a part of it.

    Raises:
        OSError: the file cannot be read.
        FleetFileError: it is not a fleet file.
    """
    stamp = fleet_file.stamp(path)
    await Host(path, fleet_file.load(path), stamp, part).run()


def _read_to_end(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Wait until standard input ends, which the supervisor holds open."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(ended.set)


async def _all_ended(edges: list[Edge]) -> None:
    for edge in edges:
        await edge.left()


def _differs(edge: Edge, entry: EdgeEntry | None) -> bool:
    return entry is None or entry.digest != edge.entry.digest
