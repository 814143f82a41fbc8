"""CPU time a message: a light host against a bare loop that sends the same bytes with the same library.

A sink in a process of its own takes what comes, and can write it down. First it writes down what a light host
sends. Then host and bare loop send at the same time, so whatever else the machine does slows both of them. The
CPU time of each is divided by the messages that the sink counts of it.

``python -m bench.light_cpu sink PORT FILE`` and ``bare PORT FILE EDGES`` are the two other processes.
"""

from __future__ import annotations

import asyncio
import json
import resource
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from statistics import mean, median
from typing import TYPE_CHECKING, Any, ClassVar

import psutil
from picows import (
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    ws_connect,
    ws_create_server,
)

from bench.light_fleet import OFFSET, PROJECT, cpu_of, wait_until
from edge_tasks.checkout.layouts import Platform, bundled_source
from edge_tasks.fleet.identity import Fleet

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 9700 + OFFSET
SECONDS = 20
ROUNDS = 4
_SETTLED = 40
"""Seconds after the last connect: the second full set comes after 8, a battery follows its filter for 25."""
_PATIENCE = 120.0
_WINDOW = 300.0
"""Seconds. At the end of each such window a host sends averages, which are not part of what is compared."""
_HOST, _BARE = "host", "bare"
_TICK = 0.01
_RECORD = struct.Struct("<dII")
_PLAIN = (WSMsgType.TEXT,)


@dataclass(frozen=True)
class Cost:
    """What a message cost.

    Attributes:
        host: microseconds of CPU time, the median of all rounds.
        bare: the same of the bare loop.
        ratio: of the two in the same round, the median of all rounds.
        size: bytes that the host sent in a message, the mean of all rounds.
        bare_size: the same of the bare loop.
        edges: that the host had.
    """

    host: float
    bare: float
    ratio: float
    size: float
    bare_size: float
    edges: int


@dataclass
class Count:
    """What came from one side so far."""

    messages: int = 0
    bytes: int = 0
    peers: int = 0


class Sink(WSListener):
    """A connection of which every message is counted, and written down while a file is open."""

    counts: ClassVar = {_HOST: Count(), _BARE: Count()}
    file: Any = None

    def __init__(self, side: str) -> None:
        self.count = Sink.counts[side]
        self.number = self.count.peers
        self.count.peers += 1

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Called by the library."""
        if frame.msg_type in _PLAIN:
            self.count.messages += 1
            self.count.bytes += frame.payload_size
            if Sink.file is not None:
                text = frame.get_payload_as_bytes()
                Sink.file.write(_RECORD.pack(time.time(), self.number, len(text)) + text)
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()


async def _sink(port: int, path: Path) -> None:
    """Every 50 ms say what was counted, and do what a file beside it says."""
    await ws_create_server(_sink_of, "127.0.0.1", port, read_buffer_init_size=512, backlog=2048)
    told, wanted = path.with_suffix(".count"), path.with_suffix(".record")
    while True:
        draft = told.with_suffix(".new")
        draft.write_text(json.dumps({side: asdict(count) for side, count in Sink.counts.items()}))
        draft.replace(told)
        if wanted.exists() and Sink.file is None:
            Sink.file = path.open("wb")
        elif not wanted.exists() and Sink.file is not None:
            Sink.file.close()
            Sink.file = None
        await asyncio.sleep(0.05)


def _sink_of(request: WSUpgradeRequest) -> Sink:
    """Only light edges have an apikey."""
    return Sink(_HOST if "apikey" in request.headers else _BARE)


def _written_down(content: bytes) -> list[tuple[float, int, bytes]]:
    """When, over which connection, what; the earliest first."""
    place, records = 0, []
    while place < len(content):
        moment, number, size = _RECORD.unpack_from(content, place)
        place += _RECORD.size
        records.append((moment, number, content[place : place + size]))
        place += size
    return sorted(records, key=lambda record: record[0])


async def _bare(port: int, records: list[tuple[float, int, bytes]], edges: int) -> None:
    """Connect, then send what was written down, again and again, each message at its time."""
    lasted = records[-1][0] - records[0][0]
    peers = []
    for _ in range(edges):
        url = f"ws://127.0.0.1:{port}/"
        transport, _ = await ws_connect(
            WSListener, url, read_buffer_init_size=512, websocket_handshake_timeout=_PATIENCE
        )
        peers.append(transport)
    while True:
        began = time.time()
        first = records[0][0]
        for moment, number, text in records:
            early = began + moment - first - time.time()
            if early > 0:
                await asyncio.sleep(max(_TICK, early))
            peers[number].send(WSMsgType.TEXT, text)
        await asyncio.sleep(max(0.0, began + lasted - time.time()))


@contextmanager
def process(*arguments: str) -> Iterator[psutil.Process]:
    """A process of our own, killed afterwards; a host has a line for each connection, which nobody reads."""
    errors = subprocess.DEVNULL if "edge_tasks.light" in arguments else None
    with subprocess.Popen([sys.executable, *arguments], cwd=PROJECT, stderr=errors) as running:
        try:
            yield psutil.Process(running.pid)
        finally:
            running.kill()


def fleet_file(folder: Path, edges: int) -> Path:
    """A fleet of the stock template in one process, whose backend is the sink."""
    template = Platform(bundled_source(), bundled=False).template()
    some = Fleet("id", bytes(32), edges, light=edges).edges
    files = template.render(some[0], f"ws://127.0.0.1:{PORT}")
    document = {
        "revision": "r",
        "status_file": str(folder / "status.json"),
        "edges": [],
        "shared": {
            "files": {str(PurePosixPath(path)): text for path, text in files.items()},
            "edges": {edge.name: f"key{edge.index}" for edge in some},
        },
    }
    file = folder / "fleet.json"
    file.write_text(json.dumps(document))
    return file


def counted(folder: Path, side: str) -> Count:
    """What the sink has of one side."""
    try:
        return Count(**json.loads((folder / "seen.count").read_text())[side])
    except FileNotFoundError:
        return Count()


def measure(edges: int) -> Cost:
    """Both sides at the same time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, seen = fleet_file(folder, edges), str(folder / "seen")
        with process("-m", "bench.light_cpu", "sink", str(PORT), seen):
            wait_until((folder / "seen.count").exists, f"a sink on port {PORT}", _PATIENCE)
            with process("-m", "edge_tasks.light", str(file)) as host:
                _connected(folder, _HOST, edges)
                time.sleep(_SETTLED)
                _record(folder)
                with process("-m", "bench.light_cpu", "bare", str(PORT), seen, str(edges)) as bare:
                    _connected(folder, _BARE, edges)
                    found = [_round(folder, {_HOST: host, _BARE: bare}) for _ in range(ROUNDS)]
    host_cost, bare_cost = ([one[side] for one in found] for side in (_HOST, _BARE))
    return Cost(
        median(spent for spent, _ in host_cost),
        median(spent for spent, _ in bare_cost),
        median(one[_HOST][0] / one[_BARE][0] for one in found),
        mean(size for _, size in host_cost),
        mean(size for _, size in bare_cost),
        edges,
    )


def _connected(folder: Path, side: str, edges: int) -> None:
    wait_until(lambda: counted(folder, side).peers >= edges, f"{edges} connections of the {side}", _PATIENCE)


def _record(folder: Path) -> None:
    """Write down what the host sends."""
    _within_a_window(SECONDS)
    (folder / "seen.record").touch()
    time.sleep(SECONDS)
    (folder / "seen.record").unlink()
    time.sleep(0.3)


def _within_a_window(seconds: float) -> None:
    """Wait until so many seconds are left before the next averages."""
    left = _WINDOW - time.time() % _WINDOW
    if left < seconds + 1:
        time.sleep(left + 1)


def _round(folder: Path, sides: dict[str, psutil.Process]) -> dict[str, tuple[float, float]]:
    """Microseconds and bytes of a message of each side."""
    _within_a_window(SECONDS)
    before = {side: (cpu_of([one]), counted(folder, side)) for side, one in sides.items()}
    time.sleep(SECONDS)
    found = {}
    for side, one in sides.items():
        (spent, first), last = before[side], counted(folder, side)
        messages = max(1, last.messages - first.messages)
        found[side] = 1e6 * (cpu_of([one]) - spent) / messages, (last.bytes - first.bytes) / messages
        print(f"{side}: {found[side][0]:.1f} us a message of {found[side][1]:.0f} bytes", flush=True)
    return found


def main(arguments: list[str]) -> None:
    """One of the two other processes."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    role, port, path, *more = arguments
    if role == "sink":
        asyncio.run(_sink(int(port), Path(path)))
    else:
        edges = int(more[0])
        asyncio.run(_bare(int(port), _written_down(Path(path).read_bytes()), edges))


if __name__ == "__main__":
    main(sys.argv[1:])
