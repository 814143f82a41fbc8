"""Pasts that the stand-in backend stores in a real PostgreSQL, because they are sent to it as by the edges."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from edge_tasks.adapters import edge_websocket
from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import OPEN
from edge_tasks.history.schedule import count_of
from edge_tasks.light.host import memories
from edge_tasks.openems import configuration
from edge_tasks.steps import past_processes
from edge_tasks.steps.backfill import Asked, Backfill
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.past_sender import PastSender
from edge_tasks.steps.past_writer import PastWriter
from edge_tasks.timedata.embedded.database import Database
from edge_tasks.timedata.embedded.history import EmbeddedHistory
from edge_tasks.timedata.errors import HistoryError
from tests import edge_templates
from tests.billing_client import BillingClient
from tests.integration.backfill_world import BEGIN, DAY, ENERGY, QUARTER, Edge, Host, Output
from tests.integration.stand_in import PASSWORD, USER, Running, add, config_of, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

NAMES = ("edge3", "edge4")


@pytest.fixture
def backend(tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection) -> Iterator[Running]:
    device_table.execute("DROP SCHEMA IF EXISTS history CASCADE")
    add(device_table, *NAMES)
    with running(tmp_path, config_of(postgres)) as found:
        yield found


@pytest.fixture
def step(tmp_path: Path, postgres: PostgresServer, backend: Running) -> Backfill:
    database = Database("127.0.0.1", postgres.port, "openems", postgres.user, postgres.password)
    history = EmbeddedHistory(database, tmp_path, backend.console)
    apikeys = {name: f"KEY-{name}" for name in NAMES}
    sender = PastSender(backend.edge.replace("http", "ws"), apikeys, 20_000)
    record, host = PastRecord(Record(tmp_path / "record.json"), "here"), Host(tmp_path / "memory.json")
    output: Any = Output()
    writer = PastWriter(history, record, host.memory_file, 2, output, sender)
    template = edge_templates.write_template(tmp_path / "template", edge_templates.bundled_template())
    components = configuration.read(template).components
    edges = {name: Edge(name, components) for name in NAMES}
    asked = Asked(BEGIN, OPEN, QUARTER, ZoneInfo("UTC"))
    return Backfill(asked, edges, (), host, host.start, writer, output)


def bills(backend: Running) -> list[Any]:
    """What a billing engine is answered about the first two days."""
    client = BillingClient(backend.rest.removesuffix("/jsonrpc"), f"{USER}:{PASSWORD}")
    days = [f"{datetime.fromtimestamp((BEGIN + day * DAY) // 1000, timezone.utc):%Y-%m-%d}" for day in (0, 1)]
    return [client.energy(name, (days[0], days[1]), [ENERGY])[ENERGY] for name in NAMES]


def test_the_backend_stores_and_answers_what_was_sent_to_it(step: Backfill, backend: Running) -> None:
    plan = step.find()
    said = step.apply(plan)
    assert said.startswith(
        f"{2 * count_of(step.writer.record.read()['edge3']):,} points of 2 edges in the history"
    )
    assert step.find().changes == ()
    assert bills(backend) == [2 * 12_000 - 250] * 2
    assert memories.load(step.writer.memory_file).keys() == set(NAMES)


def test_an_interrupted_one_goes_on(step: Backfill, backend: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = past_processes.write

    def interrupted(*arguments: Any) -> Any:
        yield next(iter(whole(*arguments)))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(past_processes, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            step.apply(step.find())
    again = step.find()
    assert again.changes == ("write the past of 1 edge",)
    step.apply(again)
    assert bills(backend) == [2 * 12_000 - 250] * 2


def test_an_edge_whose_apikey_the_backend_does_not_know_is_named(step: Backfill) -> None:
    sender = step.writer.sender
    assert sender
    stranger = replace(sender, apikeys={**sender.apikeys, "edge4": "another"})
    step = replace(step, writer=replace(step.writer, sender=stranger))
    with pytest.raises(HistoryError, match="did not take the past of edge4: ") as error:
        step.apply(step.find())
    assert "another" not in str(error.value)
    assert error.value.hint.startswith("inv up")


def test_a_backend_that_does_not_run_is_named(step: Backfill, backend: Running) -> None:
    plan = step.find()
    backend.stop()
    with pytest.raises(HistoryError, match=f"the backend at {step.writer.sender and step.writer.sender.uri}"):
        step.apply(plan)


def test_what_is_sent_waits_for_the_backend_and_keeps_to_its_pace(backend: Running) -> None:
    began = time.monotonic()
    text = '{"jsonrpc":"2.0","method":"timestampedData","params":{}}'
    edge_websocket.send(backend.edge.replace("http", "ws"), "KEY-edge3", [(text, 0.1)] * 5, 0.5)
    assert time.monotonic() - began >= 1.0
