"""The parts of the light edges' benchmark that need a whole fleet; each takes one that stands."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bench.light_energy import Energy, check
from bench.light_fleet import BACKEND, LIGHT, PROJECT, cpu_of, family, memory_of, scraped, total, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.light_fleet import Stand

_FULL_SET_AFTER = 10.0
"""Seconds after connecting: the second full set comes after 8."""
_LOOK = 0.2
_SETTLES = 2.0


@dataclass(frozen=True)
class Memory:
    """Bytes an edge.

    Attributes:
        whole: all host processes, divided.
        more: of that, what an empty host does not have.
        processes: how many.
    """

    whole: float
    more: float
    processes: int


def memory(stand: Stand) -> Memory:
    """Of the client side, after every edge has sent its full set."""
    time.sleep(_FULL_SET_AFTER)
    processes = family(stand.hosts)
    used = memory_of(processes)
    return Memory(used / stand.edges, (used - empty_host(stand)) / stand.edges, len(processes))


def empty_host(stand: Stand) -> float:
    """What as many processes have that run no edge."""
    told = json.loads(stand.hosts.config.read_text())
    with tempfile.TemporaryDirectory() as name:
        folder, file = Path(name), Path(name) / "light.json"
        told |= {"edges": [], "shared": {**told["shared"], "edges": {}}, "metrics_port": 0}
        files = {key: str(folder / f"{key}.json") for key in ("status_file", "memory_file")}
        file.write_text(json.dumps(told | files))
        command = [sys.executable, "-m", "edge_tasks.light", str(file)]
        with subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) as running:
            wait_until(lambda: len(list(folder.glob("status_file-*.json"))) == told["processes"], "empty parts")
            parent = psutil.Process(running.pid)
            used = memory_of([parent, *parent.children(recursive=True)])
            running.terminate()
    return used


@dataclass
class Restart:
    """What followed when the backend was killed.

    Attributes:
        seconds: from the kill until it had a connection of every edge again.
        looks: seconds since the kill, connections accepted so far.
    """

    seconds: float = 0.0
    looks: list[tuple[float, float]] = field(default_factory=list)

    @property
    def peak(self) -> float:
        """The most connects in a second."""
        return max((self._rate(place) for place in range(len(self.looks))), default=0.0)

    @property
    def spread(self) -> float:
        """Seconds in which the middle nine tenths of the edges came."""
        last = self.looks[-1][1]
        moments = [moment for moment, connects in self.looks if 0.05 * last <= connects <= 0.95 * last]
        return moments[-1] - moments[0] if moments else 0.0

    def _rate(self, place: int) -> float:
        moment, connects = self.looks[place]
        later = [look for look in self.looks[place:] if look[0] <= moment + 1.0]
        return later[-1][1] - connects


def restart(stand: Stand) -> Restart:
    """Kill the backend with all edges connected, start it again at once, and wait until all are back."""
    stand.bring_back()
    process = stand.backend.find()
    assert process is not None  # noqa: S101 - it has just answered
    began = time.monotonic()
    process.kill()
    process.wait()
    stand.start_backend()
    found = Restart()

    def is_done() -> bool:
        try:
            metrics = scraped(BACKEND)
        except OSError:
            return False
        found.looks.append((time.monotonic() - began, metrics["edge_tasks_backend_connects_total"]))
        return metrics["edge_tasks_backend_connections"] >= stand.edges

    wait_until(is_done, "all edges online again")
    found.seconds = time.monotonic() - began
    return found


@dataclass
class Soak:
    """What was seen while all edges ran for some time.

    Attributes:
        minutes: so long.
        hosts: bytes of the host processes at the start, in the middle, at the end.
        backend: the same of the backend.
        host_cpu: share of a core.
        backend_cpu: share of a core.
        cycles: of all edges.
        late: of those, how many were not on time.
        lag: seconds that a cycle was late at most, as far as it was looked at.
        sent: messages, by the hosts' count, once all edges were stopped.
        received: messages, by the backend's count.
        rate: messages a second while it ran.
        size: bytes of a message, on the average, while it ran.
        energy: of all edges at the end.
    """

    minutes: float
    hosts: list[float] = field(default_factory=list)
    backend: list[float] = field(default_factory=list)
    host_cpu: float = 0.0
    backend_cpu: float = 0.0
    cycles: float = 0.0
    late: float = 0.0
    lag: float = 0.0
    sent: float = 0.0
    received: float = 0.0
    rate: float = 0.0
    size: float = 0.0
    energy: Energy = field(default_factory=lambda: Energy(0, 0))

    @property
    def on_time(self) -> float:
        """Share of the cycles."""
        return 1 - self.late / self.cycles if self.cycles else 0.0


def soak(stand: Stand, minutes: float) -> Soak:
    """Let all edges run, look at the counters on both sides, stop the edges, and compare."""
    time.sleep(_FULL_SET_AFTER)
    found, seconds = Soak(minutes), 60 * minutes
    hosts, backend = family(stand.hosts), family(stand.backend)
    before, began = scraped(LIGHT), time.monotonic()
    here, there, count = cpu_of(hosts), cpu_of(backend), _received(scraped(BACKEND))
    with _watch(found):
        for part in range(3):
            time.sleep(max(0.0, began + seconds * part / 2 - time.monotonic()))
            found.hosts.append(memory_of(hosts))
            found.backend.append(memory_of(backend))
    lasted = time.monotonic() - began
    found.host_cpu, found.backend_cpu = (cpu_of(hosts) - here) / lasted, (cpu_of(backend) - there) / lasted
    messages, size = (now - then for now, then in zip(_received(scraped(BACKEND)), count, strict=True))
    found.rate, found.size = messages / lasted, size / max(1.0, messages)
    after = scraped(LIGHT)
    for name in ("cycles", "late_cycles"):
        key = f"edge_tasks_light_{name}_total"
        setattr(found, "late" if name == "late_cycles" else name, after[key] - before[key])
    found.energy = check(stand, found.lag)
    stand.stop_edges()
    time.sleep(_SETTLES)
    found.sent = scraped(LIGHT)["edge_tasks_light_messages_total"]
    found.received = _received(scraped(BACKEND))[0]
    return found


def _received(metrics: dict[str, float]) -> tuple[float, float]:
    """Messages and bytes."""
    messages = total(metrics, "edge_tasks_backend_messages_total")
    return messages, metrics["edge_tasks_backend_received_bytes_total"]


@contextmanager
def _watch(found: Soak) -> Iterator[None]:
    """Look every few seconds at how late the latest cycle was."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(5):
            lags = (value for key, value in scraped(LIGHT).items() if key.startswith("edge_tasks_light_lag"))
            found.lag = max(found.lag, *lags)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
