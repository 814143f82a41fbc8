"""The page's figures with 1,000 and 3,000 edges, in a real Chromium; ``--write`` renews their part of the docs.

The fleet is a source in this process, so that it is the page that is measured and not the backend:
every look changes a share of the edges. First paint, bytes and script time are Chromium's own counters.
"""

from __future__ import annotations

import os
import platform
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
from playwright.sync_api import sync_playwright

from bench.figures_page import renew
from edge_tasks.page.server import page_app
from edge_tasks.page.snapshot import Row, Snapshot
from tests.inv import ROOT, inv, last_used_kept
from tests.serving import served
from tests.unmetered import Unmetered

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

BEGIN, END = "<!-- page: written by bench/page.py -->", "<!-- end of page -->"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
EDGES = 1000
SIZES = (EDGES, 3000)
SECONDS = 12
LOADS = 5


class Moving:
    """Edges of which each look changes a share."""

    def __init__(self, edges: int, share: float) -> None:
        self.edges = edges
        self.share = share
        self.looks = 0
        self._random = random.Random(1)  # noqa: S311 - the same figures on every run

    def look(self, before: Snapshot) -> Snapshot:
        """Other figures for some."""
        rows = dict(before.rows) or {f"edge{index}": self._row() for index in range(self.edges)}
        for name in self._random.sample(list(rows), round(self.share * self.edges)):
            rows[name] = self._row()
        self.looks += 1
        return Snapshot(at=time.time(), rows=rows, about={"platform": f"{self.edges:,} edges"})

    def edge(self, _name: str) -> dict[str, Any] | None:
        """Nothing more is known."""
        return None

    def _row(self) -> Row:
        power = self._random.randrange(-5000, 5000)
        figures = (power, 5000, 500 + power, -4500, self._random.randrange(100))
        return Row("online", "", "", round(time.time()), figures)


def loading(page: Page, url: str, edges: int) -> tuple[float, float, float]:
    """Milliseconds to the first paint and to all edges, and kB over the wire."""
    page.goto(url)
    page.wait_for_selector(f"#fleet .edge:nth-child({edges})")
    ready = float(page.evaluate("() => performance.now()"))
    paint = float(page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    sizes = "() => performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0)"
    return paint, ready, float(page.evaluate(sizes)) / 1000


def updating(page: Page, source: Moving) -> tuple[float, float, float, float]:
    """Looks a second and updates a second of the page, the share of a core its thread used, kB an update."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    received: list[int] = []
    session.send("Network.enable")
    session.on(
        "Network.webSocketFrameReceived", lambda frame: received.append(len(frame["response"]["payloadData"]))
    )

    def state() -> tuple[float, int, int, float]:
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        return (
            time.perf_counter(),
            source.looks,
            int(page.locator("body").get_attribute("data-updates") or 0),
            (metrics["TaskDuration"]),
        )

    before = state()
    page.wait_for_timeout(SECONDS * 1000)
    after = state()
    seconds = after[0] - before[0]
    looks, updates, busy = ((after[place] - before[place]) / seconds for place in (1, 2, 3))
    return looks, updates, busy, statistics.median(received) / 1000


def measure(edges: int) -> list[tuple[str, str]]:
    """The lines of the table for so many edges."""
    lines = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served(page_app(Moving(edges, 0.1), Unmetered(), 1.0)) as url:
            loads = [loading(browser.new_context().new_page(), url, edges) for _ in range(LOADS)]
        paint, ready, size = (statistics.median(load[place] for load in loads) for place in range(3))
        lines += [
            (f"{edges:,} edges: first contentful paint, median of {LOADS} fresh browsers", f"{paint:.0f} ms"),
            (f"{edges:,} edges: all of them in the document", f"{ready:.0f} ms"),
            ("page, styles, scripts, charting library over the wire (compressed)", f"{size:.0f} kB"),
        ]
        for every, share in ((1.0, 0.1), (1.0, 1.0), (0.1, 1.0)):
            source = Moving(edges, share)
            with served(page_app(source, Unmetered(), every)) as url:
                page = browser.new_page()
                loading(page, url, edges)
                looks, updates, busy, kilobytes = updating(page, source)
                page.close()
            lines.append(
                (
                    f"{edges:,} edges, {share:.0%} of them change, {looks:.1f} looks a second",
                    f"{updates:.1f} updates a second, {busy:.0%} of a core, {kilobytes:.0f} kB an update",
                )
            )
        browser.close()
    return lines


def listing() -> list[tuple[str, str]]:
    """``inv status`` of 1,000 real light edges against one query of the same rows."""
    with last_used_kept(), tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "platform"
        shutil.copytree(ROOT / "templates" / "platform", folder)
        try:
            invoke(folder, "setup", "--edges", str(EDGES))
            pgpass = (folder / ".edge-tasks" / "pgpass").read_text().strip()
            host, port, database, user, password = pgpass.split(":")
            dsn = f"host={host} port={port} dbname={database} user={user} password={password}"
            cpu = -children_cpu()
            rounds = [(timed(lambda: invoke(folder, "status")), timed(lambda: query(dsn))) for _ in range(LOADS)]
            cpu += children_cpu()
        finally:
            invoke(folder, "down", "--purge")
    ours, other = (statistics.median(one[place] for one in rounds) for place in range(2))
    return [
        (
            "`inv status`, 1,000 light edges, the whole process",
            f"{ours:.2f} s, of it {cpu / LOADS:.2f} s CPU time",
        ),
        ("one query of the same rows (name, active, lastmessage, edgeConfig)", f"{other:.2f} s"),
    ]


def children_cpu() -> float:
    """Seconds that the commands which ended so far have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def query(dsn: str) -> None:
    """The rows that status needs, and nothing done with them."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT name, active, lastmessage, openems_config FROM openems_device"
        ).fetchall()
    if len(rows) < EDGES:
        raise SystemExit(f"{len(rows)} rows only")


def timed(work: Callable[[], None]) -> float:
    """Seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def invoke(folder: Path, *arguments: str) -> None:
    """Run ``inv`` on a platform of its own; it must succeed."""
    where = ("--platform", str(folder), "--port-offset", "22000", "--runtime", "embedded", "--quiet")
    subprocess.run(inv(*arguments, *where), cwd=ROOT, check=True)


def main() -> None:
    """Measure, print, and with ``--write`` write."""
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[1]
    method = (
        f"Written by `nox -s bench_page -- --write` on {os.cpu_count()} cores, {memory:.0f} GiB, Linux"
        f" {platform.release()}, load average {load:.0f} (of ours alone it is 1), headless Chromium and server on"
        " the same machine. The edges are a source in the server's process, of which each look changes a share;"
        " the page's own pace is one look a second. Bytes of an update are before the websocket's compression; a"
        " core's share is Chromium's count of the page's tasks (scripts, layout, paint). For `inv status` there"
        " is a real fleet, and medians are given."
    )
    pages = [line for edges in SIZES for line in measure(edges)]
    rows = [
        f"| {what} | {found} |" for what, found in (("figure", "measured"), ("---", "---"), *pages, *listing())
    ]
    text = "\n".join((BEGIN, "", method, "", *rows, "", END))
    print(text)
    if "--write" in sys.argv:
        renew(text, BEGIN, END)


if __name__ == "__main__":
    main()
