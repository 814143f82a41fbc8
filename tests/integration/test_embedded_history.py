"""History in a real PostgreSQL: written and counted by one side, answered by the stand-in as its own process."""

from __future__ import annotations

import pickle
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from edge_tasks.timedata.embedded.database import Database
from edge_tasks.timedata.embedded.history import EmbeddedHistory
from edge_tasks.timedata.embedded.upkeep import KEPT_DAYS, tidy
from edge_tasks.timedata.errors import HistoryError
from edge_tasks.timedata.points import Points
from edge_tasks.timedata.span import Span
from tests.billing_client import BillingClient, RefusedError
from tests.integration.stand_in import (
    PASSWORD,
    USER,
    Running,
    add,
    config_of,
    key,
    notification,
    play,
    rest,
    running,
    until,
)
from tests.ports import free_port
from tests.recordings.history import EDGES, QUESTIONS
from tests.recordings.reading import read_answers
from tests.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import aiohttp
    import psycopg

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

DAY, QUARTER = 86_400_000, 900_000
BEGIN = 1_759_276_800_000
"""2025-10-01T00:00Z."""
OCTOBER = Span(BEGIN, BEGIN + 31 * DAY)
METER = "meter0/ActiveConsumptionEnergy"


@pytest.fixture
def history(postgres: PostgresServer, device_table: psycopg.Connection, tmp_path: Path) -> EmbeddedHistory:
    device_table.execute("DROP SCHEMA IF EXISTS history CASCADE")
    database = Database("127.0.0.1", postgres.port, "openems", postgres.user, postgres.password)
    return EmbeddedHistory(database, tmp_path)


def month(edge: str = "edge0", step: int = QUARTER, watts: int = 500) -> Points:
    times = BEGIN + step * np.arange(31 * DAY // step)
    energy = watts * step // 3_600_000 * np.arange(len(times))
    return Points(edge, times, {"meter0/ActivePower": np.full(len(times), watts), METER: energy})


def recorded(edge: str) -> Iterator[Points]:
    for channel, points in EDGES[edge]().items():
        yield Points(edge, np.array([t for t, _ in points]), {channel: np.array([v for _, v in points])})


@contextmanager
def client_of(backend: Running) -> Iterator[BillingClient]:
    yield BillingClient(backend.rest.removesuffix("/jsonrpc"), f"{USER}:{PASSWORD}")


def test_what_was_written_is_counted(history: EmbeddedHistory) -> None:
    assert history.write([month(), month("edge7")]) == 2 * 31 * 96
    assert history.count(["edge0", "edge7", "edge8"], OCTOBER, METER) == {
        "edge0": 31 * 96,
        "edge7": 31 * 96,
        "edge8": 0,
    }
    part = Span(BEGIN + DAY + 1, BEGIN + 3 * DAY + QUARTER + 1)
    assert history.count(["edge0"], part, METER) == {"edge0": 2 * 96 + 1}
    assert history.count(["edge0"], OCTOBER, "meter9/ActivePower") == {"edge0": 0}


def test_a_point_that_is_written_again_is_counted_once_and_its_last_value_counts(
    history: EmbeddedHistory,
) -> None:
    history.write([month(), month(watts=900)])
    assert history.count(["edge0"], OCTOBER, METER) == {"edge0": 31 * 96}


def test_a_span_is_occupied_only_where_points_are(history: EmbeddedHistory) -> None:
    history.write([month()])
    assert history.occupied(["edge0", "edge1"], OCTOBER) == {"edge0"}
    assert history.occupied(["edge0"], Span(BEGIN + 1, BEGIN + QUARTER)) == set()
    assert history.occupied(["edge0"], Span(BEGIN + 1, BEGIN + QUARTER + 1)) == {"edge0"}
    assert history.occupied(["edge0"], Span(BEGIN - DAY, BEGIN)) == set()


def test_only_the_points_of_a_span_are_removed(history: EmbeddedHistory) -> None:
    history.write([month(), month("edge7")])
    history.delete(["edge0"], Span(BEGIN + DAY + QUARTER, BEGIN + 4 * DAY + 1))
    assert history.count(["edge0", "edge7"], OCTOBER, METER) == {"edge0": 28 * 96, "edge7": 31 * 96}
    assert history.count(["edge0"], Span(BEGIN + DAY, BEGIN + 4 * DAY + QUARTER + 1), METER) == {"edge0": 2}


def test_another_process_can_be_handed_the_history(history: EmbeddedHistory) -> None:
    copied = pickle.loads(pickle.dumps(history))  # noqa: S301 - our own
    assert copied.write([month()]) == 31 * 96
    assert "pass word" not in repr(history)


def test_a_database_that_does_not_answer_is_said_with_what_to_type(tmp_path: Path) -> None:
    nowhere = EmbeddedHistory(Database("127.0.0.1", free_port(), "openems", "odoo", "x"), tmp_path)
    with pytest.raises(HistoryError, match="cannot be used") as caught:
        nowhere.write([month()])
    assert caught.value.exit_code == 5
    assert "inv up" in str(caught.value.hint)


def test_an_edge_that_is_archived_or_removed_takes_its_history_along(
    history: EmbeddedHistory, device_table: psycopg.Connection
) -> None:
    add(device_table, "edge0", "edge1", "edge2")
    history.write([month(f"edge{place}") for place in range(3)])
    device_table.execute("UPDATE openems_device SET active = false WHERE name = 'edge1'")
    device_table.execute("DELETE FROM openems_device WHERE name = 'edge2'")
    device_table.execute("UPDATE openems_device SET active = true, comment = 'x' WHERE name = 'edge0'")
    assert history.occupied(["edge0", "edge1", "edge2"], OCTOBER) == {"edge0"}


def answered(client: BillingClient, place: int) -> dict[str, Any]:
    edge, method, params = QUESTIONS[place]
    try:
        return {"result": client.ask(edge, method, **params)}
    except RefusedError as error:
        return {"status": 500} if str(error).startswith("HTTP 500") else {"error": str(error)}


@pytest.fixture
def with_recorded_points(device_table: psycopg.Connection, history: EmbeddedHistory) -> None:
    add(device_table, *EDGES)
    history.write(points for edge in EDGES for points in recorded(edge))


@pytest.mark.usefixtures("with_recorded_points")
@pytest.mark.parametrize(
    ("kind", "timedata"), [("plain", "Timedata.InfluxDB"), ("aggregated", "Timedata.AggregatedInfluxDB")]
)
def test_the_stand_in_answers_as_a_real_backend_answered_about_the_same_points(
    tmp_path: Path, postgres: PostgresServer, kind: str, timedata: str
) -> None:
    wanted = read_answers(kind)
    with running(tmp_path, config_of(postgres, timedata=timedata)) as backend, client_of(backend) as client:
        assert {place: answered(client, place) for place in wanted} == wanted


def test_what_an_edge_sends_is_answered_at_once_and_after_the_stand_in_was_killed(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection, history: EmbeddedHistory
) -> None:
    add(device_table, "edge0")
    question = ("edge0", ("2025-10-02", "2025-10-02"), [METER])
    sent = {str(BEGIN + DAY + 1_000 * second): {METER: 100 + second} for second in range(1, 7_200)}

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        async with session.ws_connect(backend.edge, headers=key("edge0")) as edge:
            await edge.send_str(notification("timestampedData", sent))

            async def taken() -> bool:
                body = await rest(session, backend, "getEdgesChannelsValues", ids=["edge0"], channels=[METER])
                return bool(body["result"]["edge0"][METER] == 7_299)

            await until(taken)
            payload: dict[str, Any] = {
                "id": "11111111-1111-1111-1111-111111111111",
                "method": "queryHistoricTimeseriesEnergy",
                "params": {
                    "fromDate": "2025-10-02",
                    "toDate": "2025-10-02",
                    "channels": [METER],
                    "timezone": "UTC",
                },
            }
            body = await rest(session, backend, "edgeRpc", edgeId="edge0", payload=payload)
            assert body["result"]["payload"]["result"] == {"data": {METER: 7_198}}
            await_that(lambda: bool(history.occupied(["edge0"], OCTOBER)))
            backend.process.send_signal(signal.SIGKILL)
            backend.process.wait()

    config = config_of(postgres, history_seconds=0.5)
    with running(tmp_path, config) as backend:
        play(backend, scenario)
    with running(tmp_path, config) as backend, client_of(backend) as client:
        assert client.energy(*question) == {METER: 7_198}


def test_the_stand_in_writes_the_rest_before_it_ends(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection, history: EmbeddedHistory
) -> None:
    add(device_table, "edge0")

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        async with session.ws_connect(backend.edge, headers=key("edge0")) as edge:
            await edge.send_str(notification("timestampedData", {str(BEGIN + 5_000): {METER: 7}}))
            await edge.send_str(notification("timestampedData", {str(BEGIN + 6_000): {METER: 8}}))

            async def taken() -> bool:
                body = await rest(session, backend, "getEdgesChannelsValues", ids=["edge0"], channels=[METER])
                return bool(body["result"]["edge0"][METER] == 8)

            await until(taken)
        backend.stop()

    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)
    assert history.count(["edge0"], OCTOBER, METER) == {"edge0": 2}


def blocks_of(table: psycopg.Connection) -> list[tuple[bool, int]]:
    """Live or not, and how many rows, of each day."""
    return table.execute(
        "SELECT live, count(*) FROM history.block GROUP BY live, edge, day ORDER BY edge, day"
    ).fetchall()


@pytest.mark.parametrize(("ago", "live"), [(0, True), (5, False)])
def test_many_rows_of_a_day_become_one_and_old_ones_are_thinned_without_another_energy(
    device_table: psycopg.Connection, history: EmbeddedHistory, ago: int, *, live: bool
) -> None:
    begin = int(time.time() * 1000) // DAY * DAY - ago * DAY
    for place in range(40):
        times = begin + 60_000 * (10 * place + np.arange(1, 11))
        history.write([Points("edge0", times, {METER: 100 * place + np.arange(10)})])
    device_table.execute("UPDATE history.block SET live = true")
    span = Span(begin, begin + DAY)
    assert tidy(history.database) == 1
    assert blocks_of(device_table) == [(live, 1)]
    assert history.count(["edge0"], span, METER) == {"edge0": 400 if live else 54}
    assert tidy(history.database) == 0


def test_what_is_older_than_three_years_is_removed(
    device_table: psycopg.Connection, history: EmbeddedHistory
) -> None:
    times = int(time.time() * 1000) - np.array([KEPT_DAYS + 1, KEPT_DAYS - 1]) * DAY
    history.write([Points("edge0", times, {METER: np.arange(2)})])
    tidy(history.database)
    assert blocks_of(device_table) == [(False, 1)]


def test_what_could_not_be_written_is_written_later(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection, history: EmbeddedHistory
) -> None:
    add(device_table, "edge0")

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        device_table.execute("ALTER TABLE history.block RENAME TO block_away")
        async with session.ws_connect(backend.edge, headers=key("edge0")) as edge:
            await edge.send_str(notification("timestampedData", {str(BEGIN + 5_000): {METER: 7}}))

            async def is_said() -> bool:
                return "The history cannot be written" in backend.log.read_text(encoding="utf-8")

            await until(is_said)
            device_table.execute("ALTER TABLE history.block_away RENAME TO block")

            async def is_written() -> bool:
                return bool(history.occupied(["edge0"], OCTOBER))

            await until(is_written)

    with running(tmp_path, config_of(postgres, history_seconds=0.3)) as backend:
        play(backend, scenario)
    assert history.count(["edge0"], OCTOBER, METER) == {"edge0": 1}


def test_nothing_is_kept_of_an_edge_that_is_archived_meanwhile(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection, history: EmbeddedHistory
) -> None:
    add(device_table, "edge0", "edge1")

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        device_table.execute("UPDATE openems_device SET active = false WHERE name = 'edge0'")
        for name in ("edge0", "edge1"):
            async with session.ws_connect(backend.edge, headers=key(name)) as edge:
                await edge.send_str(notification("timestampedData", {str(BEGIN + 5_000): {METER: 7}}))

        async def is_written() -> bool:
            return bool(history.occupied(["edge1"], OCTOBER))

        await until(is_written)

    with running(tmp_path, config_of(postgres, history_seconds=0.3)) as backend:
        play(backend, scenario)
    assert history.occupied(["edge0"], OCTOBER) == set()


def test_edges_are_served_even_if_history_cannot_be_kept(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection, history: EmbeddedHistory
) -> None:
    add(device_table, "edge0")
    device_table.execute("CREATE SCHEMA history")
    device_table.execute("CREATE VIEW history.block AS SELECT 'in the way' AS body")

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        async with session.ws_connect(backend.edge, headers=key("edge0")) as edge:
            await edge.send_str(notification("timestampedData", {str(BEGIN + 5_000): {METER: 7}}))

            async def is_seen() -> bool:
                body = await rest(session, backend, "getEdgesChannelsValues", ids=["edge0"], channels=[METER])
                return bool(body["result"]["edge0"][METER] == 7)

            await until(is_seen)
            device_table.execute("DROP SCHEMA history CASCADE")

            async def is_written() -> bool:
                return bool(history.occupied(["edge0"], OCTOBER))

            await until(is_written)

    with running(tmp_path, config_of(postgres, history_seconds=0.5)) as backend:
        play(backend, scenario)
        assert "The history's tables cannot be made" in backend.log.read_text(encoding="utf-8")
