"""The embedded history's figures; ``--write`` renews their part of the docs.

``python -m bench.history --edges 100`` takes half a minute, 1,000 edges take three minutes.

An edge has 75 channels like the recorded one: powers and their copies in ``_sum``, thirds of them at the phases,
counters, a state of charge, and constants. A year of quarter hours is written, then asked for over REST.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from calendar import monthrange
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.figures_page import renew
from edge_tasks.page import energies as page
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.schema import create_database
from edge_tasks.timedata.embedded.database import COPY, TYPES, Database, connect
from edge_tasks.timedata.embedded.history import EmbeddedHistory
from edge_tasks.timedata.points import Points
from tests.billing_client import BillingClient
from tests.integration.stand_in import PASSWORD, USER, config_of, running
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from edge_tasks.timedata.points import Values

BEGIN, END = "<!-- history: written by bench/history.py -->", "<!-- end of history -->"
QUARTER, QUARTERS = 900_000, 365 * 96
YEAR = 1_735_689_600_000
"""2025-01-01T00:00Z."""
YEAR_OF_DAYS = ("2025-01-01", "2025-12-31")
MONTH = ("2025-10-01", "2025-10-31")
MONTHS = [(f"2025-{month:02}-01", f"2025-{month:02}-{monthrange(2025, month)[1]}") for month in range(1, 13)]
BILLED = [f"meter{number}/ActiveConsumptionEnergy" for number in (10, 11, 12)]
AT_ONCE = 16
EDGES, MOST = 100, 1_000
ASKED = 50


def channels(seed: int) -> dict[str, Values]:
    """A year of 75 channels."""
    random = np.random.default_rng(seed)
    powers = [random.integers(0, 5_000, QUARTERS) for _ in range(8)]
    counters = [np.cumsum(random.integers(0, 1_250, QUARTERS)) for _ in range(12)]
    found: dict[str, Values] = {}
    for place, power in enumerate(powers):
        found |= {f"meter{place}/ActivePower": power, f"_sum/Power{place}": power.copy()}
        found[f"meter{place}/ActivePowerL1"] = power // 3
    for place, counter in enumerate(counters, 10):
        found[f"meter{place}/ActiveConsumptionEnergy"] = counter
    found |= {f"_sum/Energy{place}": counter.copy() for place, counter in enumerate(counters[:6])}
    found["ess0/Soc"] = random.integers(0, 101, QUARTERS)
    return found | {f"io0/Relay{place}": np.full(QUARTERS, place) for place in range(75 - len(found))}


def points(edges: int) -> Iterator[Points]:
    """The same year for each edge, so that making it costs nothing."""
    times, values = YEAR + QUARTER * np.arange(QUARTERS), channels(1)
    return (Points(f"edge{number}", times, values) for number in range(edges))


@contextmanager
def server() -> Iterator[tuple[PostgresServer, EmbeddedHistory]]:
    """A PostgreSQL with the device table."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        found = PostgresServer(Path(folder) / "data", port, "odoo", "secret")
        found.start()
        try:
            create_database("127.0.0.1", port, found.user, found.password)
            yield (
                found,
                EmbeddedHistory(Database("127.0.0.1", port, "openems", found.user, found.password), Path(folder)),
            )
        finally:
            found.stop()


def copied(history: EmbeddedHistory) -> float:
    """Seconds in which PostgreSQL takes the very same rows, ready-made, into a table like theirs."""
    with connect(history.database) as connection:
        rows = connection.execute("SELECT edge, day, body FROM history.block", binary=True).fetchall()
        connection.execute("CREATE TABLE history.other (LIKE history.block INCLUDING ALL)")
        begin = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy(COPY.replace("history.block", "history.other")) as copy:
            copy.set_types(TYPES)
            for row in rows:
                copy.write_row(row)
        seconds = time.perf_counter() - begin
        connection.execute("DROP TABLE history.other")
    return seconds


def size(connection: psycopg.Connection) -> int:
    """Bytes of the table with its index."""
    row = connection.execute("SELECT pg_total_relation_size('history.block')").fetchone()
    return int(row[0]) if row else 0


def asked(client: BillingClient, edges: int) -> tuple[float, float]:
    """Median seconds of one month's energy, and seconds for all edges, 16 at a time."""
    seconds = []
    for number in range(ASKED):
        begin = time.perf_counter()
        client.energy(f"edge{number % edges}", MONTH, BILLED, "Europe/Berlin")
        seconds.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        bills = pool.map(lambda number: client.energy(f"edge{number}", MONTH, BILLED), range(edges))
        if not all(value for bill in bills for value in bill.values()):
            raise SystemExit("a bill is missing")
    return statistics.median(seconds), time.perf_counter() - begin


def year_asked(client: BillingClient, edges: int) -> tuple[float, float]:
    """Seconds for a year of one energy of all edges: one question about days for each, or twelve about months."""

    def days(number: int) -> float:
        return sum(wh or 0 for wh in client.periods(f"edge{number}", YEAR_OF_DAYS, BILLED[:1])[1][BILLED[0]])

    def months(number: int) -> float:
        return sum(client.energy(f"edge{number}", month, BILLED[:1])[BILLED[0]] or 0 for month in MONTHS)

    seconds = []
    for ask in (days, months):
        begin = time.perf_counter()
        with ThreadPoolExecutor(page.AT_ONCE) as pool:
            if not all(pool.map(ask, range(edges))):
                raise SystemExit("a year is missing")
        seconds.append(time.perf_counter() - begin)
    return seconds[0], seconds[1]


def measured(edges: int) -> Iterator[tuple[str, str, str]]:
    """The lines of the table: what, figure, goal."""
    with server() as (postgres, history), tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        count = history.write(points(edges))
        seconds = time.perf_counter() - begin
        values = count * 75 / 1e6
        goal = {EDGES: "≤ 30 s with what makes the values", MOST: "≤ 300 s with it"}.get(edges, "")
        yield (
            f"a year of {edges:,} edges into the history ({values:,.0f} million values)",
            f"{seconds:.1f} s",
            goal,
        )
        yield "values a second", f"{values / seconds:.0f} million", ""
        if edges <= EDGES:
            yield "PostgreSQL alone, the very same rows ready-made", f"{copied(history):.1f} s", ""
        with connect(history.database) as connection:
            yield "disk an edge and year", f"{size(connection) / edges / 1e6:.1f} MB", "≤ 5 MB"
            connection.execute(
                "INSERT INTO openems_device (name, apikey, active) SELECT 'edge' || n, 'key' || n, true"
                " FROM generate_series(0, %s) AS n",
                (edges - 1,),
            )
        with running(Path(folder), config_of(postgres)) as backend:
            client = BillingClient(backend.rest.removesuffix("/jsonrpc"), f"{USER}:{PASSWORD}")
            one, all_of_them = asked(client, edges)
            days, months = year_asked(client, edges)
        yield "a month's energy of three meters of one edge, over REST", f"{one * 1000:.1f} ms", "≤ 20 ms"
        yield (
            f"the same of {edges:,} edges, {AT_ONCE} at a time",
            f"{all_of_them:.1f} s",
            "≤ 10 s" if edges == MOST else "",
        )
        what = (
            f"a year of one energy of {edges:,} edges, {page.AT_ONCE} at a time: one question about days for each"
        )
        ratio = f"{days:.1f} s, twelve about months {months:.1f} s: {days / months:.2f} times"
        yield what, ratio, ""


def main() -> None:
    """Measure, print, and write the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=EDGES)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines = ["| figure | measured | goal |", "| --- | --- | --- |"]
    for cells in measured(options.edges):
        lines.append(f"| {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    if options.write:
        renew("\n".join((BEGIN, "", *lines, "", END)), BEGIN, END)


if __name__ == "__main__":
    main()
