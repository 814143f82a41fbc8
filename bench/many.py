"""What 10,000 and 100,000 light edges cost the tool itself; they do not run. ``--write`` renews the docs.

``nox -s bench_many`` takes a few minutes. Each line is a process of its own: its time, its CPU time and the most
memory that it had. If nothing is quadratic, ten times as many edges take ten times as long, or less.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.figures_page import renew
from bench.light_fleet import OFFSET, machine
from edge_tasks.checkout.blueprints import Blueprints
from edge_tasks.checkout.layouts import Platform, bundled_source
from edge_tasks.cli.console import Console
from edge_tasks.fleet.groups import Group
from edge_tasks.fleet.identity import Fleet
from edge_tasks.registry.odoo.rows import plan_registration
from edge_tasks.registry.odoo.server import Database
from edge_tasks.registry.odoo.table import read_rows, register
from edge_tasks.runtimes import light_groups
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.schema import create_database
from edge_tasks.steps.export_keys import ExportKeys
from tests.inv import ROOT, inv, last_used_kept
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BEGIN, END = "<!-- many: written by bench/many.py -->", "<!-- end of many -->"
SIZES = (10_000, 100_000)
URI, USER, PASSWORD = "ws://127.0.0.1:8081", "odoo", "benchmark"
MACHINE_TOO_SMALL = 3
"""How ``inv plan`` ends where so many edges could not run; it shows the plan all the same."""


def fleet_of(edges: int) -> tuple[Fleet, Blueprints]:
    """A fleet of light edges on the bundled template."""
    fleet = Fleet("many", bytes(32), size=edges, light=edges, reserve=0)
    group = Group("", (range(edges),), light=True, households=0, profile="household", seed="many")
    platform = Platform(bundled_source(), bundled=False)
    return fleet, Blueprints.of_groups([group], platform.template, platform.path)


def database(port: int) -> Database:
    """The device table."""
    return Database("127.0.0.1", port, USER, PASSWORD)


def register_all(edges: int, port: int) -> None:
    """Into a table that is empty."""
    fleet, _ = fleet_of(edges)
    register(database(port), plan_registration(fleet, read_rows(database(port))))


def register_again(edges: int, port: int) -> None:
    """Find that there is nothing to do."""
    fleet, _ = fleet_of(edges)
    if plan_registration(fleet, read_rows(database(port))).added:
        raise SystemExit("rows are missing")


def tell_host(edges: int, _port: int) -> None:
    """What the light host is told of them."""
    fleet, made = fleet_of(edges)
    found = light_groups.members(
        made, [], fleet.light_edges, lambda edge: made.of(edge).template.render(edge, URI)
    )
    if len(found["shared"]["edges"]) != edges:
        raise SystemExit("edges are missing")


def render_all(edges: int, _port: int) -> None:
    """All files of each edge, as one with a config directory has them; in memory."""
    fleet, made = fleet_of(edges)
    for edge in fleet.edges:
        made.of(edge).template.render(edge, URI)


def export_all(edges: int, _port: int) -> None:
    """All apikeys."""
    fleet, made = fleet_of(edges)
    with tempfile.TemporaryDirectory() as folder:
        ExportKeys(fleet.edges, made, Path(folder) / "keys.csv", Console(quiet=True)).run()


PARTS: Final[dict[str, tuple[str, Callable[[int, int], None]]]] = {
    "register": ("registered: planned, and written into PostgreSQL", register_all),
    "again": ("the same again: read, and nothing to do", register_again),
    "tell": ("what the light host is told of them", tell_host),
    "render": ("the 24 files of each edge rendered, which light edges do not need", render_all),
    "export": ("`inv export-keys`, without its start", export_all),
}


@dataclass(frozen=True)
class Cost:
    """Of one process.

    Attributes:
        seconds: from its start to its end.
        cpu: seconds.
        memory: bytes at most.
    """

    seconds: float
    cpu: float
    memory: int

    @property
    def text(self) -> str:
        """For the table."""
        return f"{self.seconds:.1f} s, {self.cpu:.1f} s CPU, {self.memory / 1e6:,.0f} MB"


def cost_of(command: Sequence[str], allowed: tuple[int, ...] = (0,)) -> Cost:
    """Run a command, which must end with one of these codes."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, 1024 * used.ru_maxrss)


@contextmanager
def postgres(folder: Path) -> Iterator[int]:
    """The port of a server with an empty device table."""
    port = free_port()
    server = PostgresServer(folder / "data", port, USER, PASSWORD)
    server.start()
    try:
        create_database("127.0.0.1", port, USER, PASSWORD)
        yield port
    finally:
        server.stop()


def measured(edges: int) -> Iterator[tuple[str, Cost]]:
    """What each part costs with so many light edges."""
    with tempfile.TemporaryDirectory() as name, last_used_kept():
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(bundled_source(), folder / "platform")
        where = ("--platform", str(folder / "platform"), "--port-offset", str(OFFSET), "--runtime", "embedded")
        size = ("--edges", "0", "--light-edges", str(edges), "--reserve", "0")
        yield "`inv plan` of a new fleet", cost_of(inv("plan", *size, *where), (0, MACHINE_TOO_SMALL))
        with postgres(folder) as port:
            for part, (what, _) in PARTS.items():
                yield what, cost_of([sys.executable, "-m", "bench.many", part, str(edges), str(port)])


def section(few: Sequence[tuple[str, Cost]], many: Sequence[tuple[str, Cost]]) -> str:
    """Our part of docs/benchmarks.md."""
    method = (
        f"Written by `nox -s bench_many -- --write` on {machine()}, one run each: time, CPU time and the most"
        " memory of the process, with its start and without PostgreSQL's part."
    )
    titles = ("what", *(f"{size:,} edges" for size in SIZES), "CPU time, times")
    rows = [
        (what, one.text, other.text, f"{other.cpu / one.cpu:.1f}")
        for (what, one), (_, other) in zip(few, many, strict=True)
    ]
    lines = [f"| {' | '.join(row)} |" for row in (titles, ("---",) * len(titles), *rows)]
    return "\n".join((BEGIN, "", method, "", *lines, "", END))


def measure(edges: int) -> list[tuple[str, Cost]]:
    """The same as a list, printed as it comes."""
    found = []
    for what, cost in measured(edges):
        print(f"{edges:,} | {what} | {cost.text}", flush=True)
        found.append((what, cost))
    return found


def main() -> None:
    """Measure, print, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="*", metavar="PART EDGES PORT", help="one part in this process")
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    chosen = parser.parse_args()
    if chosen.part:
        part, edges, port = chosen.part
        PARTS[part][1](int(edges), int(port))
        return
    text = section(*(measure(edges) for edges in SIZES))
    print(text)
    if chosen.write:
        renew(text, BEGIN, END)


if __name__ == "__main__":
    main()
