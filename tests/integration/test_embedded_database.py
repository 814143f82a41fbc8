"""The tables against those of a real Odoo 16 with the addon."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from edge_tasks.backend.store import Store
from edge_tasks.errors import RegistrationError
from edge_tasks.runtimes.embedded.postmaster import postmaster_of
from edge_tasks.runtimes.embedded.schema import create_database
from edge_tasks.timedata.embedded import libpq
from edge_tasks.timedata.embedded.database import Database
from tests.recordings.reading import read_tables
from tests.recordings.tables import NAMES, shape
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer


@contextmanager
def connected(postgres: PostgresServer, dbname: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        host="127.0.0.1",
        port=postgres.port,
        user=postgres.user,
        password=postgres.password,
        dbname=dbname,
        autocommit=True,
    ) as connection:
        yield connection


@contextmanager
def scratch(postgres: PostgresServer, name: str) -> Iterator[str]:
    """A name for a database that is gone before and afterwards."""
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode()
    with connected(postgres, "postgres") as connection:
        connection.execute(drop)
        try:
            yield name
        finally:
            connection.execute(drop)


@pytest.mark.parametrize("table", NAMES)
def test_a_table_is_equal_to_the_addons(postgres: PostgresServer, table: str) -> None:
    with connected(postgres, "openems") as connection:
        assert shape(connection, table) == read_tables()[table]


def test_a_database_is_made_once_and_completed_when_empty(postgres: PostgresServer) -> None:
    def create() -> bool:
        return create_database("127.0.0.1", postgres.port, postgres.user, postgres.password, "half made")

    with scratch(postgres, '"half made"'):
        assert create()
        assert not create()
        with connected(postgres, "half made") as connection:
            users = connection.execute("SELECT id, login FROM res_users ORDER BY id").fetchall()
            assert users == [(1, "__system__"), (2, "admin")]
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        assert create()
        assert not create()


def test_a_refused_login_is_a_registration_error_without_the_password(postgres: PostgresServer) -> None:
    with pytest.raises(RegistrationError) as caught:
        create_database("127.0.0.1", postgres.port, postgres.user, "not-the-one")
    assert "not-the-one" not in caught.value.message + caught.value.hint


def test_a_backend_reads_its_devices_also_from_a_server_that_is_held_up_for_longer_than_it_waits(
    postgres: PostgresServer, device_table: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    device_table.execute("INSERT INTO openems_device (name, apikey) VALUES ('edge0', 'a')")
    monkeypatch.setattr(libpq, "_CONNECT_S", 2)  # libpq waits no shorter
    server = postmaster_of(postgres.data)
    assert server is not None

    async def load() -> list[str]:
        store = Store(Database("127.0.0.1", postgres.port, "openems", postgres.user, postgres.password))
        asyncio.get_running_loop().call_later(3, server.resume)
        found = [device.name for device in await asyncio.wait_for(store.load(), LONG_S)]
        await store.close()
        return found

    server.suspend()
    try:
        assert asyncio.run(load()) == ["edge0"]
    finally:
        server.resume()
