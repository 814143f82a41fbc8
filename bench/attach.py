"""How ``inv attach`` stands 1,000 edges through TLS with five cuts; ``--write`` renews its part of the docs.

``nox -s bench_attach`` takes eleven minutes; ``--edges 100 --minutes 1`` is a short form. The proxy cuts every
connection on which one side is silent for 60 s, and keeps a log of its own. What edges say of themselves is
compared with that.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures_page import renew
from bench.light_fleet import machine
from edge_tasks.fleet.keys_file import EdgeKey, write_keys
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.schema import create_database
from edge_tasks.timedata.embedded.database import Database, connect
from tests.integration.stand_in import add, config_of, running
from tests.inv import ROOT, inv, without_settings
from tests.ports import free_port
from tests.tls_proxy import TlsProxy, tls_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN, END = "<!-- attach: written by bench/attach.py -->", "<!-- end of attach -->"
EDGES, MINUTES, RATE = 1_000, 10.0, 200
IDLE_LIMIT_S = 60
AWAY_S = (0, 5, 0, 20, 0)
"""For how long the proxy is away at each cut. At the third one it is slow: each part waits for half a second."""
SLOW_CUT, SLOW_S = 2, 0.5


@dataclass(frozen=True)
class Result:
    """What came out.

    Attributes:
        document: of ``inv attach``.
        differences: by how many points of a percent each edge's availability differs from what the proxy saw.
        seen: the availability of all edges as the proxy saw it, in percent.
    """

    document: dict[str, Any]
    differences: list[float]
    seen: float


@contextmanager
def place(edges: int, folder: Path) -> Iterator[tuple[TlsProxy, Path]]:
    """A stand-in backend that knows so many edges, behind a proxy."""
    port = free_port()
    postgres = PostgresServer(folder / "data", port, "odoo", "secret")
    postgres.start()
    try:
        create_database("127.0.0.1", port, postgres.user, postgres.password)
        with connect(Database("127.0.0.1", port, "openems", postgres.user, postgres.password)) as table:
            add(table, *(f"edge{index}" for index in range(edges)))
        config = config_of(postgres)
        with running(folder, config), tls_proxy(config["edge_port"], folder, IDLE_LIMIT_S) as found:
            yield found
    finally:
        postgres.stop()


def measure(edges: int, minutes: float) -> Result:
    """Run it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        keys = folder / "keys.csv"
        write_keys(keys, [EdgeKey(f"edge{index}", f"KEY-edge{index}") for index in range(edges)])
        with place(edges, folder) as (proxy, ca_file):
            where = ("--backend", f"wss://127.0.0.1:{proxy.port}", "--ca", str(ca_file), "--keys", str(keys))
            size = ("--limit", str(edges), "--connect-rate", str(RATE), "--profile", "household")
            report = ("--output", str(folder / "report.html"), "--min-availability", "0", "--json")
            process = subprocess.Popen(
                inv("attach", *where, *size, *report), cwd=ROOT, env=without_settings(), stdout=subprocess.PIPE
            )
            began = time.monotonic()
            for number, away in enumerate(AWAY_S, start=1):
                time.sleep(max(0, began + 60 * minutes * number / (len(AWAY_S) + 1) - time.monotonic()))
                cut(proxy, number - 1, away)
            time.sleep(max(0, began + 60 * minutes - time.monotonic()))
            end = time.monotonic()
            process.terminate()
            out, _ = process.communicate(timeout=120)
            return compared(json.loads(out)["attach"], proxy, end)


def cut(proxy: TlsProxy, number: int, away_s: float) -> None:
    """Cut all connections, and listen again after a while."""
    print(f"cut {number + 1}: {len(proxy.log):,} connections so far", flush=True)
    if number == SLOW_CUT:
        proxy.delay = SLOW_S
        time.sleep(5)
    proxy.stop()
    time.sleep(away_s)
    proxy.start()
    if number == SLOW_CUT:
        time.sleep(10)
        proxy.delay = 0


def compared(document: dict[str, Any], proxy: TlsProxy, end: float) -> Result:
    """The document beside the log of the proxy."""
    seen = {edge["name"]: 100 * proxy.availability(f"KEY-{edge['name']}", end) for edge in document["edges"]}
    differences = sorted(abs(edge["availability"] - seen[edge["name"]]) for edge in document["edges"])
    return Result(document, differences, sum(seen.values()) / len(seen))


def section(found: Result, minutes: float) -> str:
    """Our part of docs/benchmarks.md."""
    run, edges = found.document, found.document["edges"]
    reconnects, answers, pings = (run[name] for name in ("reconnects", "answers", "pings"))
    rows = [
        ("figure", "measured"),
        ("---", "---"),
        ("availability of all edges, reported", f"{run['availability']:.3f} %"),
        ("the same, computed from the proxy's log", f"{found.seen:.3f} %"),
        (
            "by how much the two differ for an edge: the median, the most",
            f"{found.differences[len(edges) // 2]:.4f}, {found.differences[-1]:.4f} points of a percent",
        ),
        ("availability of the worst edge", f"{min(edge['availability'] for edge in edges):.3f} %"),
        (
            f"reconnects, {reconnects['count']:,} of them: p50, p95, p99",
            ", ".join(f"{reconnects[name]:.2f} s" for name in ("p50_s", "p95_s", "p99_s")),
        ),
        ("longest gap", f"{run['longest_gap_s']:.2f} s"),
        (
            f"answers to the first request, {answers['count']:,} of them: p50, p95, p99",
            ", ".join(f"{1000 * answers[name]:.0f} ms" for name in ("p50_s", "p95_s", "p99_s")),
        ),
        (
            f"answers to pings, {pings['count']:,} of them: p50, p95, p99",
            ", ".join(f"{1000 * (pings[name] or 0):.0f} ms" for name in ("p50_s", "p95_s", "p99_s")),
        ),
        ("messages, late cycles", f"{run['messages']:,}, {run['late_cycles']:,} of {run['cycles']:,}"),
    ]
    method = (
        f"Written by `nox -s bench_attach -- --write` on {machine()}: {len(edges):,} edges at the stand-in"
        f" backend for {minutes:g} minutes, through a proxy that ends TLS, in a process with the measurement. It"
        f" cuts idle connections after {IDLE_LIMIT_S} s, and all connections five times: it is away for 0, 5, 0,"
        f" 20 and 0 s, and slow by {SLOW_S:g} s each way at the third cut. At most {RATE} edges connect a second."
    )
    return "\n".join((BEGIN, "", method, "", *(f"| {' | '.join(row)} |" for row in rows), "", END))


def main() -> None:
    """Measure, print, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=EDGES)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    chosen = parser.parse_args()
    text = section(measure(chosen.edges, chosen.minutes), chosen.minutes)
    print(text)
    if chosen.write:
        renew(text, BEGIN, END)


if __name__ == "__main__":
    main()
