"""A real PostgreSQL for the whole session, and an empty device table for each test that wants one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.schema import create_database
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A running server with the database `openems`."""
    port = free_port()
    server = PostgresServer(tmp_path_factory.mktemp("postgres") / "data", port, "odoo", "pass word'1")
    server.start()
    try:
        create_database("127.0.0.1", port, server.user, server.password)
        yield server
    finally:
        server.stop()


@pytest.fixture
def device_table(postgres: PostgresServer) -> Iterator[psycopg.Connection]:
    """A connection, every statement its own transaction, to an empty device table."""
    with psycopg.connect(
        host="127.0.0.1",
        port=postgres.port,
        dbname="openems",
        user=postgres.user,
        password=postgres.password,
        autocommit=True,
    ) as connection:
        connection.execute("TRUNCATE openems_device RESTART IDENTITY CASCADE")
        yield connection
