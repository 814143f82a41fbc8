"""A database that Odoo does not see, because it is a template, in a real PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.adapters import postgresql
from edge_tasks.registry.odoo import server, table
from edge_tasks.registry.odoo.addon import Addon
from edge_tasks.registry.odoo.server import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

NAME = 'half "made"'


@pytest.fixture
def hidden(postgres: PostgresServer) -> Iterator[Database]:
    """A template, as an interrupted restore of an earlier version has left it."""
    database = Database("127.0.0.1", postgres.port, postgres.user, postgres.password, NAME)
    ask(database, f'CREATE DATABASE "{NAME.replace(chr(34), chr(34) * 2)}" IS_TEMPLATE true', "postgres")
    yield database
    server.drop_database(database)


def ask(database: Database, query: str, name: str = NAME) -> None:
    login = (database.user, database.password)
    with postgresql.connect("127.0.0.1", database.port, login, name, autocommit=True) as opened:
        opened.execute(query.encode())


def test_it_is_recognised(hidden: Database) -> None:
    assert table.addon(hidden) is Addon.HIDDEN


def test_it_can_be_dropped_as_it_is_and_once_more(hidden: Database) -> None:
    for _ in range(2):
        server.drop_database(hidden)
        assert table.addon(hidden) is Addon.NO_DATABASE
