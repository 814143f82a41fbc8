"""The pipeline's figures: both sides in one run, medians, ratios. ``--write`` renews their part of the docs."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import psutil
import psycopg

from bench.figures_page import renew
from edge_tasks.adapters.files import replace_directory
from edge_tasks.checkout.layouts import Platform, bundled_source
from edge_tasks.checkout.template import check_rendered
from edge_tasks.fleet.identity import Fleet
from edge_tasks.registry.odoo.rows import plan_registration
from edge_tasks.registry.odoo.server import Database
from edge_tasks.registry.odoo.table import read_rows, register
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.schema import create_database
from tests.inv import ROOT, inv, last_used_kept

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
OFFSET = 20_000
BEGIN, END = "<!-- pipeline: written by bench/run.py -->", "<!-- end of pipeline -->"


@dataclass(frozen=True)
class Figure:
    """A line of the table; seconds."""

    what: str
    ours: float
    other: float | None = None
    goal: float | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """As printed."""
        ratio = self.ours / self.other if self.other else None
        met = "" if ratio is None or self.goal is None else ("yes" if ratio <= self.goal else "**no**")
        return (
            self.what,
            f"{self.ours:.2f} s",
            f"{self.other:.2f} s" if self.other else "",
            f"{ratio:.2f}" if ratio else "",
            f"≤ {self.goal:g}" if self.goal else "",
            met,
        )


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def pairs(ours: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Medians of both sides, run in turn."""
    return medians([(timed(ours), timed(other)) for _ in range(ROUNDS)])


def medians(found: list[tuple[float, float]]) -> tuple[float, float]:
    """Of each side."""
    return statistics.median(a for a, _ in found), statistics.median(b for _, b in found)


def generate(folder: Path) -> Figure:
    """1,000 directories against a thousand times cp."""
    template = Platform(bundled_source(), bundled=False).template()
    source = bundled_source() / "openems-edge" / "config.d"
    edges = Fleet("id", bytes(32), 1000).edges

    def ours() -> None:
        for edge in edges:
            files = template.render(edge, "ws://openems-backend:8081")
            check_rendered(files)
            files[PurePosixPath(".edge-tasks")] = template.inputs(edge, "ws://openems-backend:8081")
            replace_directory(folder / edge.directory, files)

    def cp() -> None:
        for index in range(1000):
            subprocess.run(["cp", "-R", str(source), str(folder / f"copy{index}")], check=True)

    def fresh(work: Callable[[], None]) -> float:
        shutil.rmtree(folder)
        folder.mkdir()
        return timed(work)

    found = [(fresh(ours), fresh(cp))]  # one round: a thousand processes are enough of a sample
    return Figure("gen-configs, 1,000 edges; other: `cp -R` a thousand times", *medians(found), goal=1)


def registration(folder: Path) -> Figure:
    """10,000 rows against a bare COPY."""
    fleet = Fleet("id", bytes(32), 10_000, reserve=0)
    database = Database("127.0.0.1", 15432 + OFFSET, "odoo", "benchmark")
    server = PostgresServer(folder / "pg", database.port, database.user, database.password)
    server.start()
    dsn = f"host=127.0.0.1 port={database.port} user=odoo password=benchmark dbname=openems"
    planned = plan_registration(fleet, [])

    def empty() -> None:
        with psycopg.connect(dsn) as connection:
            connection.execute("TRUNCATE openems_device CASCADE")

    def ours() -> None:
        register(database, plan_registration(fleet, read_rows(database)))

    def copy() -> None:
        with (
            psycopg.connect(dsn) as connection,
            connection.cursor().copy(
                "COPY openems_device (name, apikey, active, name_number, oem, setup_password, comment,"
                " internalnote, create_uid, write_uid) FROM STDIN"
            ) as target,
        ):
            for row in planned.added:
                texts = (row.oem, row.setup_password, row.comment, row.note)
                target.write_row((row.name, row.apikey, row.active, row.name_number, *texts, 2, 2))

    try:
        create_database("127.0.0.1", database.port, "odoo", "benchmark")
        found = []
        for _ in range(ROUNDS):
            empty()
            mine = timed(ours)
            empty()
            found.append((mine, timed(copy)))
    finally:
        server.stop()
    return Figure(
        "register 10,000 edges, keys derived; other: a bare COPY of the same rows", *medians(found), goal=3
    )


def listing(folder: Path) -> Figure:
    """``inv --list`` against an empty tasks.py."""
    (folder / "tasks.py").write_text("from invoke import task\n\n\n@task\ndef nothing(c):\n    pass\n")

    def five_times(cwd: Path) -> None:
        for _ in range(5):
            invoke("--list", cwd=cwd)

    ours, other = pairs(lambda: five_times(ROOT), lambda: five_times(folder))
    return Figure("`inv --list`; other: the same with an empty tasks.py", ours / 5, other / 5, goal=2)


def setups(folder: Path) -> list[Figure]:
    """Whole set-ups, on a platform of their own."""
    where = ("--platform", str(folder / "platform"), "--port-offset", str(OFFSET), "--runtime", "embedded")
    shutil.copytree(bundled_source(), folder / "platform")
    found = []
    with last_used_kept():
        try:
            for edges in ("3", "100", "1000"):
                cold = timed(partial(invoke, "setup", "--edges", edges, *where))
                found.append(Figure(f"`inv setup --edges {edges}`, from nothing to all verified online", cold))
                again = timed(lambda: invoke("setup", *where))
                found.append(Figure(f"the same again, {edges} edges, nothing to do, verified", again))
                invoke("down", "--purge", *where)
        finally:
            subprocess.run(inv("down", "--purge", *where), cwd=ROOT, check=False)
    return found


def invoke(*arguments: str, cwd: Path = ROOT) -> None:
    """Run ``inv``, quietly; it must succeed."""
    subprocess.run(inv(*arguments), cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def section(figures: list[Figure]) -> str:
    """Our part of docs/benchmarks.md."""
    memory = psutil.virtual_memory().total / 2**30
    titles = ("figure", "ours", "other side", "ratio", "goal", "met")
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}"
    method = (
        f"Written by `nox -s bench -- --write` on {machine}, Python {platform.python_version()}. Where there are"
        f" two sides, both ran in turn in the same run, and the medians of {ROUNDS} rounds are given; ratios"
        " travel, absolute times do not. Set-ups are measured once each, as whole processes, in the embedded"
        " runtime with light edges."
    )
    rows = ["| " + " | ".join(cells) + " |" for cells in (titles, ("---",) * 6, *(f.cells for f in figures))]
    return "\n".join((BEGIN, "", method, "", *rows, "", END))


def main() -> None:
    """Measure all of it."""
    figures = []
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / part for part in ("generate", "register", "list", "setups")]
        for folder in folders:
            folder.mkdir()
        figures += [generate(folders[0]), registration(folders[1]), listing(folders[2]), *setups(folders[3])]
    text = section(figures)
    print(text)
    if "--write" in sys.argv:
        renew(text, BEGIN, END)


if __name__ == "__main__":
    main()
