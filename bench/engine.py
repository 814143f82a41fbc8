"""The docker runtime's figures, on the tests' platform with light edges; ``--write`` renews the docs' part.

``.ci/engine`` and ``tests/e2e/images/build`` come first.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from bench.figures_page import renew
from tests.inv import ROOT, inv, last_used_kept

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = ROOT / "tests" / "e2e" / "docker_platform"
BEGIN, END = "<!-- engine: written by bench/engine.py -->", "<!-- end of engine -->"
SIZES = (3, 20, 50)
OFFSET = "12000"
NAME = "edgetasksbench"
SAID_LATER_S = 0.5
"""A light edge says that it is connected when the backend has let it be for so long."""

_CONNECTED = re.compile(r"^(\S+) .*: connected$", re.MULTILINE)


@dataclass(frozen=True)
class Figure:
    """What one size took.

    Attributes:
        edges: containers.
        setup: seconds from a clone to all verified, Odoo's (stand-in's) initialisation in it.
        up: seconds of ``inv up verify``, everything else being done.
        lag: seconds from the slowest edge's own connection to the end of that command.
        again: seconds of ``inv setup`` with nothing to do.
        memory: MiB an edge's container has.
        slowest_answer: seconds that the engine took at most for ``docker version`` meanwhile.
    """

    edges: int
    setup: float
    up: float
    lag: float
    again: float
    memory: float
    slowest_answer: float

    @property
    def cells(self) -> tuple[str, ...]:
        """As printed."""
        seconds = (self.setup, self.up, self.lag, self.again)
        memory = f"{self.memory:.0f} MiB"
        return (str(self.edges), *(f"{value:.1f} s" for value in seconds), memory, f"{self.slowest_answer:.2f} s")


@contextmanager
def pulse() -> Iterator[list[float]]:
    """Ask the engine for its version again and again; the seconds that each answer took."""
    found: list[float] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.wait(0.5):
            found.append(timed("docker", "version"))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def measure(edges: int) -> Figure:
    """One size, from a clone to nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = clone(Path(name) / NAME)
        where = (
            "--platform",
            str(folder),
            "--port-offset",
            OFFSET,
            "--runtime",
            "docker",
            "--project-name",
            NAME,
        )
        try:
            with pulse() as answers:
                setup = timed(*inv("setup", "--edges", str(edges), *where))
                again = timed(*inv("setup", *where))
                memory = memory_of_an_edge()
                timed(*inv("down", *where))
                timed(*inv("register", *where))
                up = timed(*inv("up", "verify", *where))
                ended = time.time()
                lag = ended - slowest_connection(edges)
        finally:
            subprocess.run(inv("down", "--purge", *where), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return Figure(edges, setup, up, lag, again, memory, max(answers))


def clone(folder: Path) -> Path:
    """A checkout of the tests' platform, with our template for the edges."""
    shutil.copytree(SOURCE, folder)
    template = ROOT / "templates" / "platform" / "openems-edge" / "config.d"
    shutil.copytree(template, folder / "openems-edge" / "config.d")
    return folder


def timed(*command: str) -> float:
    """Seconds of a command that must succeed."""
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def said(*command: str) -> str:
    """What a command prints, output and errors."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


def containers() -> dict[str, str]:
    """Service → container id of the edges."""
    form = '{{.Label "com.docker.compose.service"}} {{.ID}}'
    listed = said("docker", "ps", "--filter", f"label=com.docker.compose.project={NAME}", "--format", form)
    found = dict(line.split() for line in listed.splitlines())
    return {service: key for service, key in found.items() if service.startswith("openems-edge-")}


def memory_of_an_edge() -> float:
    """MiB, the mean of all."""
    listed = said("docker", "stats", "--no-stream", "--format", "{{json .}}", *containers().values())
    used: list[dict[str, Any]] = [json.loads(line) for line in listed.splitlines()]
    return sum(float(one["MemUsage"].partition("MiB")[0]) for one in used) / len(used)


def slowest_connection(edges: int) -> float:
    """When the last edge was connected, seconds since 1970, by the edges' own logs as the engine dates them."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = [_CONNECTED.findall(said("docker", "logs", "-t", key)) for key in containers().values()]
        if len(found) == edges and all(found):
            said_at = max(datetime.fromisoformat(f"{times[0][:26]}+00:00").timestamp() for times in found)
            return said_at - SAID_LATER_S
        time.sleep(0.2)
    raise SystemExit("an edge has not said that it is connected")


def section(figures: list[Figure]) -> str:
    """Our part of docs/benchmarks.md."""
    titles = (
        *("edges", "`inv setup` from a clone", "`inv up verify` alone", "of it, after the last edge connected"),
        *("`inv setup` again", "memory an edge", "slowest answer of the engine"),
    )
    memory = psutil.virtual_memory().total / 2**30
    method = (
        f"Written by `nox -s bench_engine -- --write` on {os.cpu_count()} cores, {memory:.0f} GiB, Linux"
        f" {platform.release()}, on a real Docker Engine with the tests' platform: PostgreSQL 15, a stand-in"
        " for Odoo that initialises in a second, our stand-in backend, a light edge in each container. The"
        " goal is at most 3 s from the last edge's connection to the end. The engine is asked for its version"
        " twice a second meanwhile."
    )
    rows = [titles, ("---",) * len(titles), *(figure.cells for figure in figures)]
    return "\n".join((BEGIN, "", method, "", *(f"| {' | '.join(row)} |" for row in rows), "", END))


def main() -> None:
    """Measure all sizes."""
    with last_used_kept():
        text = section([measure(edges) for edges in SIZES])
    print(text)
    if "--write" in sys.argv:
        renew(text, BEGIN, END)


if __name__ == "__main__":
    main()
