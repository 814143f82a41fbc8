"""The past of light edges: both sides in one run. ``--edges 100`` writes more; ``--write`` renews the docs' part.

``.ci/influxd`` comes first. One side is the step that ``inv backfill`` does, from what it finds to what it has
counted. The other posts the very same bytes, which lie in files, with as many processes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from bench.figures_page import renew
from edge_tasks.checkout import load_shapes
from edge_tasks.fleet.record import Record
from edge_tasks.history.described import Lives
from edge_tasks.history.past import Past, points_of
from edge_tasks.history.pasts import OPEN
from edge_tasks.openems import configuration
from edge_tasks.steps.backfill import Asked, Backfill
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.past_writer import PastWriter
from edge_tasks.timedata.influxdb import line_protocol
from edge_tasks.timedata.influxdb.history import InfluxHistory
from edge_tasks.timedata.influxdb.server import Server
from edge_tasks.timedata.points import Points
from edge_tasks.timedata.span import Span
from tests.edge_templates import BUNDLED
from tests.influxdb import DATABASE, running
from tests.inv import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.openems.configuration import Component
    from tests.influxdb import InfluxDb

DAY_MS = 86_400_000
QUARTER_MS = 900_000
PROCESSES = 2
NOW = time.time_ns() // 1_000_000
BEGIN, END = "<!-- backfill: written by bench/backfill.py -->", "<!-- end of backfill -->"


@dataclass(frozen=True)
class Edge:
    """An edge of the bundled template that lives as a household."""

    name: str
    components: Sequence[Component]
    profile: Mapping[str, object] | None

    def source_key(self, meter: str) -> str:
        """The key of a meter's load curve."""
        return f"bench/{self.name}/{meter}"


class Host:
    """A host of light edges that does not run."""

    def __init__(self, folder: Path) -> None:
        self.memory_file = folder / "light-memory.json"

    def runs(self) -> bool:
        """It does not run."""
        return False

    def stop(self) -> bool:
        """It does not run."""
        return False


class Quick(InfluxHistory):
    """No backend sends points here, so nothing is waited for."""

    def settle(self) -> None:
        """Nothing is to come."""


class Output:
    """Prints nothing."""

    quiet = True

    def line(self, text: str, indent: int = 2) -> None:
        """Nothing."""

    def progress(self, *_: object) -> Any:  # noqa: ANN401 - a context manager of a function
        """Nothing."""
        return nullcontext(lambda *_: None)


def edges_of(count: int) -> list[Edge]:
    """So many households."""
    components = configuration.read(BUNDLED).components
    shape = load_shapes.find("household", ROOT)
    return [Edge(f"edge{number}", components, shape.content if shape else None) for number in range(count)]


def past(edge: Edge, days: int) -> Past:
    """So many days until now, in quarter hours."""
    begin = NOW - days * DAY_MS
    return Past(edge, begin, NOW, QUARTER_MS, [Span(begin, NOW)])


def backfilled(influxdb: InfluxDb, edges: Sequence[Edge], days: int) -> float:
    """The seconds in which the step writes and counts the pasts."""
    influxdb.query(f"CREATE DATABASE {DATABASE}")
    history = Quick(Server(influxdb.url, f"{DATABASE}/autogen"))
    output: Any = Output()
    with tempfile.TemporaryDirectory() as folder:
        host = Host(Path(folder))
        record = PastRecord(Record(Path(folder) / "record.json"), "here")
        writer = PastWriter(history, record, host.memory_file, PROCESSES, output)
        asked = Asked(NOW - days * DAY_MS, OPEN, QUARTER_MS, timezone.utc)
        step = Backfill(asked, {one.name: one for one in edges}, (), host, lambda: None, writer, output)
        began = time.perf_counter()
        step.apply(step.find())
        took = time.perf_counter() - began
    influxdb.query(f"DROP DATABASE {DATABASE}")
    return took


def text_of(one: Past, file: Path | None) -> tuple[int, list[int], float]:
    """The line protocol of a past: its values, the lengths of its pieces, CPU time; a file keeps it."""
    values, lengths, began = 0, [], time.process_time()
    with file.open("wb") if file else nullcontext() as kept:
        for points in points_of(one, Lives()):
            if isinstance(points, Points):
                values += points.values
                for text in line_protocol.texts(points, "data"):
                    lengths.append(len(text))
                    if kept is not None:
                        kept.write(text)
    return values, lengths, time.process_time() - began


def post(url: str, file: Path, lengths: Sequence[int]) -> None:
    """Post the pieces of a file."""
    server = Server(url, f"{DATABASE}/autogen")
    place = {"org": server.org, "bucket": server.bucket, "precision": "ms"}
    with file.open("rb") as kept:
        for length in lengths:
            server.post("/api/v2/write", place, kept.read(length))


def cpu_s() -> float:
    """The CPU time of this process, of InfluxDB and of all others that it has started."""
    own = psutil.Process()
    each = [one.cpu_times() for one in (own, *own.children(recursive=True))]
    return sum(one.user + one.system + one.children_user + one.children_system for one in each)


def memory_of(process: psutil.Process) -> float:
    """The memory of a process in MiB; 0 of one that has ended, and of InfluxDB."""
    try:
        return process.memory_info().rss / (1 << 20) if process.name() != "influxd" else 0.0
    except psutil.NoSuchProcess:
        return 0.0


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """The largest memory of this process and its children meanwhile, in MiB."""
    found, over = {"most": 0.0}, threading.Event()

    def look() -> None:
        own = psutil.Process()
        while not over.wait(0.2):
            used = sum(map(memory_of, (own, *own.children(recursive=True))))
            found["most"] = max(found["most"], used)

    thread = threading.Thread(target=look)
    thread.start()
    yield found
    over.set()
    thread.join()


def table(count: int) -> Iterator[tuple[str, str, str]]:
    """The figures: what, ours beside the other side's, the goal."""
    edges = edges_of(count)
    pool = ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn"))
    with tempfile.TemporaryDirectory() as folder, pool, running(Path(folder) / "influxdb") as influxdb:
        list(pool.map(text_of, [past(one, 1) for one in edges[:PROCESSES]], [None] * PROCESSES))  # they are there
        began = time.perf_counter()
        made = list(pool.map(text_of, [past(one, 365) for one in edges], [None] * count))
        speed = sum(values for values, _, _ in made) / (time.perf_counter() - began)
        alone = sum(values for values, _, _ in made) / sum(cpu for _, _, cpu in made)
        found = f"{speed / 1e6:.1f} million; {alone / 1e6:.1f} million a second of CPU time"
        yield f"line protocol alone, values a second of {PROCESSES} processes", found, "≥ 5 million"
        files = [Path(folder) / one.name for one in edges]
        made = list(pool.map(text_of, [past(one, 365) for one in edges], files))
        influxdb.query(f"CREATE DATABASE {DATABASE}")
        began = time.perf_counter()
        before = cpu_s()
        list(pool.map(post, [influxdb.url] * count, files, [lengths for _, lengths, _ in made]))
        posted, posted_cpu = time.perf_counter() - began, cpu_s() - before
        influxdb.query(f"DROP DATABASE {DATABASE}")
        for file in files:
            file.unlink()
        before = cpu_s()
        with measured() as year:
            took = backfilled(influxdb, edges, 365)
        cpu = cpu_s() - before
        with measured() as day:
            backfilled(influxdb, edges, 1)
    million = sum(values for values, _, _ in made) / 1e6
    what = f"a year of {count} edges ({million:.0f} million values) into InfluxDB 1.8"
    beside = f"{took:.1f} s, the same bytes from files {posted:.1f} s: {took / posted:.2f} times"
    yield what, beside, "≤ 1.2 times"
    beside = f"{cpu:.1f} s, the same bytes from files {posted_cpu:.1f} s: {cpu / posted_cpu:.2f} times"
    yield "CPU time of that, InfluxDB's included", beside, ""
    yield "memory for a day and for a year", f"{day['most']:.0f} and {year['most']:.0f} MiB", "≤ 500 MiB, flat"


def main() -> None:
    """Print the table; ``--write`` puts it into the docs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--edges", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    typed = parser.parse_args()
    rows = ["| figure | measured | goal |", "| --- | --- | --- |"]
    rows += [f"| {' | '.join(row)} |" for row in table(typed.edges)]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    text = "\n".join([*rows, "", f"On {machine}. `python -m bench.backfill --write` renews this part."])
    print(text)
    if typed.write:
        renew(f"{BEGIN}\n\n{text}\n\n{END}", BEGIN, END)


if __name__ == "__main__":
    main()
