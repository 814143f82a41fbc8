"""A whole fleet of light edges to measure on: brought up by ``inv``, looked at from outside, taken down again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from edge_tasks.adapters.files import write_file
from edge_tasks.adapters.processes import Daemon
from edge_tasks.checkout.layouts import bundled_source
from edge_tasks.proof.backend_api import BackendApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).resolve().parents[1]
LAST_USED = PROJECT / ".edge-tasks-platform"
OFFSET = 24_000
METRICS = 8464
"""With the offset below the ports of outgoing connections, of which there are thousands."""
LIGHT = f"http://127.0.0.1:{METRICS + OFFSET}/metrics"
BACKEND = f"http://127.0.0.1:{8079 + OFFSET}/metrics"
PATIENCE = 600


@dataclass(frozen=True)
class Stand:
    """A fleet that stands.

    Attributes:
        folder: its state directory.
        edges: how many.
        setup: seconds that it took from nothing to all verified online.
    """

    folder: Path
    edges: int
    setup: float

    @property
    def hosts(self) -> Daemon:
        """The light edges' supervisor."""
        return Daemon("edge_tasks.light", self.folder / "light.json", self.folder / "light.log")

    @property
    def backend(self) -> Daemon:
        """The stand-in backend."""
        return Daemon("edge_tasks.backend", self.folder / "backend.json", self.folder / "backend.log")

    @property
    def names(self) -> list[str]:
        """Of the edges."""
        return [f"edge{index}" for index in range(self.edges)]

    @property
    def api(self) -> BackendApi:
        """The stand-in's REST API."""
        login = json.loads(self.backend.config.read_text())["login"]
        return BackendApi(f"http://127.0.0.1:{8075 + OFFSET}", login["user"], login["password"])

    def statuses(self) -> list[dict[str, Any]]:
        """What the parts say."""
        return [json.loads(file.read_bytes()) for file in sorted(self.folder.glob("light-status-*.json"))]

    def connections(self) -> float:
        """Of edges, as the backend has them; 0 while it does not answer."""
        with suppress(OSError):
            return scraped(BACKEND).get("edge_tasks_backend_connections", 0)
        return 0

    def start_backend(self) -> None:
        """Start it as it was; by a process that ends, for nobody is to have to wait for it."""
        backend = self.backend
        code = (
            "import sys, pathlib; from edge_tasks.adapters.processes import Daemon; module, *files = sys.argv[1:]"
            "\nconfig, log = map(pathlib.Path, files); Daemon(module, config, log).start(config.read_text())"
        )
        command = [sys.executable, "-c", code, backend.module, str(backend.config), str(backend.log)]
        subprocess.run(command, cwd=PROJECT, check=True)

    @property
    def _whole(self) -> Path:
        """The fleet file while the edges are stopped."""
        return self.folder / "light.whole.json"

    def stop_edges(self) -> None:
        """Have the parts close all edges and go on without them."""
        text = self.hosts.config.read_text()
        self._whole.write_text(text)
        told: dict[str, Any] = json.loads(text)
        told |= {"revision": "no edges", "edges": [], "shared": {**told["shared"], "edges": {}}}
        write_file(self.hosts.config, json.dumps(told))
        wait_until(lambda: all(status["revision"] == "no edges" for status in self.statuses()), "no edges")
        wait_until(lambda: self.connections() == 0, "no connections")

    def bring_back(self) -> None:
        """Have them run again, where they were stopped, and wait until they are online."""
        if self._whole.exists():
            write_file(self.hosts.config, self._whole.read_text())
            self._whole.unlink()
        wait_until(lambda: self.connections() >= self.edges, "all edges online")


@contextmanager
def fleet(edges: int, *more: str) -> Iterator[Stand]:
    """So many light edges from nothing to all verified online; afterwards there is nothing again."""
    with tempfile.TemporaryDirectory() as name:
        platform = Path(name) / "platform"
        shutil.copytree(bundled_source(), platform)
        Path(name).chmod(0o755)
        where = ("--platform", str(platform), "--port-offset", str(OFFSET), "--runtime", "embedded")
        before = LAST_USED.read_text() if LAST_USED.exists() else None
        try:
            size = ("--edges", "0", "--light-edges", str(edges), "--timeout", str(PATIENCE))
            began = time.perf_counter()
            invoke("setup", *size, "--metrics-port", str(METRICS), *more, *where)
            yield Stand(platform / ".edge-tasks", edges, time.perf_counter() - began)
        finally:
            invoke("down", "--purge", *where)
            LAST_USED.unlink(missing_ok=True)
            if before is not None:
                LAST_USED.write_text(before)


def invoke(*arguments: str) -> None:
    """Run ``inv``, quietly; it must succeed."""
    command = [sys.executable, "-m", "invoke", *arguments]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def scraped(url: str) -> dict[str, float]:
    """Metrics by name and labels."""
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - our own loopback address
        lines = answer.read().decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[0] != "#"}


def total(metrics: dict[str, float], name: str) -> float:
    """The sum over all labels."""
    return sum(value for key, value in metrics.items() if key.partition("{")[0] == name)


def family(daemon: Daemon) -> list[psutil.Process]:
    """A process and its children."""
    parent = daemon.find()
    if parent is None:
        raise SystemExit(f"{daemon.module} does not run: {daemon.last_lines()}")
    return [parent, *parent.children(recursive=True)]


def memory_of(processes: list[psutil.Process]) -> float:
    """Bytes; pages that several share count once (PSS)."""
    return float(sum(process.memory_full_info().pss for process in processes))


def cpu_of(processes: list[psutil.Process]) -> float:
    """Seconds of CPU time, user's and system's."""
    return float(sum(sum(process.cpu_times()[:2]) for process in processes))


def wait_until(check: Callable[[], bool], what: str, within: float = PATIENCE) -> None:
    """Look four times a second until it is so."""
    deadline = time.monotonic() + within
    while not check():
        if time.monotonic() > deadline:
            raise SystemExit(f"did not happen within {within:.0f} s: {what}")
        time.sleep(0.25)


def machine() -> str:
    """For the docs."""
    import platform  # noqa: PLC0415 - a name that is used otherwise above

    memory = psutil.virtual_memory().total / 2**30
    cores = f"{os.cpu_count()} cores, {memory:.0f} GiB"
    return f"{cores}, Linux {platform.release()}, Python {platform.python_version()}"
