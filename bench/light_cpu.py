"""CPU time a message: a light host against a bare loop that sends the same bytes with the same library.

A sink in a process of its own takes what comes, and can write it down. First it writes down what a real host
sends; then host and bare loop send in turn, and what the sink counts divides the CPU time of the one that sends.

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
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from statistics import mean, median
from typing import TYPE_CHECKING, Any

import psutil
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect, ws_create_server

from bench.light_fleet import OFFSET, PROJECT, cpu_of, wait_until
from edge_tasks.checkout.layouts import Platform, bundled_source
from edge_tasks.fleet.identity import Fleet

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 9700 + OFFSET
SECONDS = 15
ROUNDS = 3
_SETTLED = 40
"""Seconds after the last connect: the second full set comes after 8, a battery follows its filter for 25."""
_PATIENCE = 60.0
_TICK = 0.01
_RECORD = struct.Struct("<dII")
_PLAIN = (WSMsgType.TEXT,)


@dataclass(frozen=True)
class Cost:
    """What a message cost.

    Attributes:
        host: microseconds of CPU time, the median of all rounds.
        bare: the same of the bare loop.
        size: bytes, the mean of all that was counted.
        edges: that the host had.
    """

    host: float
    bare: float
    size: float
    edges: int


class Sink(WSListener):
    """A connection of which every message is counted, and written down while a file is open."""

    count = 0
    size = 0
    peers = 0
    file: Any = None

    def __init__(self) -> None:
        self.number = Sink.peers
        Sink.peers += 1

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Called by the library."""
        if frame.msg_type in _PLAIN:
            Sink.count += 1
            Sink.size += frame.payload_size
            if Sink.file is not None:
                text = frame.get_payload_as_bytes()
                Sink.file.write(_RECORD.pack(time.time(), self.number, len(text)) + text)
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()


async def _sink(port: int, path: Path) -> None:
    """Every 50 ms say what was counted, and do what a file beside it says."""
    await ws_create_server(lambda _: Sink(), "127.0.0.1", port, read_buffer_init_size=512, backlog=2048)
    told, wanted = path.with_suffix(".count"), path.with_suffix(".record")
    while True:
        draft = told.with_suffix(".new")
        draft.write_text(json.dumps([Sink.count, Sink.size, Sink.peers]))
        draft.replace(told)
        if wanted.exists() and Sink.file is None:
            Sink.file = path.open("wb")
        elif not wanted.exists() and Sink.file is not None:
            Sink.file.close()
            Sink.file = None
        await asyncio.sleep(0.05)


def _written_down(content: bytes, edges: int) -> list[tuple[float, int, bytes]]:
    """When, over which connection, what; the earliest first."""
    place, records = 0, []
    while place < len(content):
        moment, number, size = _RECORD.unpack_from(content, place)
        place += _RECORD.size
        records.append((moment, number % edges, content[place : place + size]))
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


def counted(folder: Path) -> list[int]:
    """What the sink has: messages, bytes, connections so far."""
    try:
        found: list[int] = json.loads((folder / "seen.count").read_text())
    except FileNotFoundError:
        return [0, 0, 0]
    return found


def measure(edges: int) -> Cost:
    """Both sides in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = fleet_file(folder, edges)
        host = ("-m", "edge_tasks.light", str(file))
        seen = str(folder / "seen")
        with process("-m", "bench.light_cpu", "sink", str(PORT), seen):
            wait_until((folder / "seen.count").exists, f"a sink on port {PORT}", _PATIENCE)
            _record(folder, host, edges)
            bare = ("-m", "bench.light_cpu", "bare", str(PORT), seen, str(edges))
            rounds = [(_cost(folder, host, edges), _cost(folder, bare, edges)) for _ in range(ROUNDS)]
    ours, other = (median(one[0] for one in side) for side in zip(*rounds, strict=True))
    return Cost(ours, other, mean(one[1] for both in rounds for one in both), edges)


def _record(folder: Path, host: tuple[str, ...], edges: int) -> None:
    """Write down what a host sends once it has settled."""
    with process(*host):
        _settle(folder, edges)
        (folder / "seen.record").touch()
        time.sleep(SECONDS)
        (folder / "seen.record").unlink()
        time.sleep(0.3)


def _settle(folder: Path, edges: int) -> None:
    before = counted(folder)[2]
    wait_until(lambda: counted(folder)[2] >= before + edges, f"{edges} connections", 120)
    time.sleep(_SETTLED)


def _cost(folder: Path, command: tuple[str, ...], edges: int) -> tuple[float, float]:
    """Microseconds and bytes of a message."""
    with process(*command) as running:
        _settle(folder, edges)
        spent, (messages, size, _) = cpu_of([running]), counted(folder)
        time.sleep(SECONDS)
        spent, (more, larger, _) = cpu_of([running]) - spent, counted(folder)
    sent = max(1, more - messages)
    cost = 1e6 * spent / sent, (larger - size) / sent
    print(f"{command[1]}: {cost[0]:.1f} us a message of {cost[1]:.0f} bytes", flush=True)
    return cost


def main(arguments: list[str]) -> None:
    """One of the two other processes."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    role, port, path, *more = arguments
    if role == "sink":
        asyncio.run(_sink(int(port), Path(path)))
    else:
        edges = int(more[0])
        asyncio.run(_bare(int(port), _written_down(Path(path).read_bytes(), edges), edges))


if __name__ == "__main__":
    main(sys.argv[1:])
