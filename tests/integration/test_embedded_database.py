"""The tables against those of a real Odoo 16 with the addon, applied to a database beside ours."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from edge_tasks.errors import RegistrationError
from edge_tasks.runtimes.embedded.schema import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

DUMP = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "odoo16" / "openems-tables.sql"
PREREQUISITES = "\n".join(
    f"CREATE TABLE public.{name} (id serial PRIMARY KEY);"
    for name in ("res_users", "res_partner", "stock_lot", "ir_attachment")
)
COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
           col_description(a.attrelid, a.attnum)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 ORDER BY a.attnum
"""
CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
    FROM pg_constraint WHERE conrelid = %s::regclass ORDER BY conname
"""
REST = """
    SELECT obj_description(%s::regclass, 'pg_class'),
           ARRAY(SELECT indexdef FROM pg_indexes WHERE tablename = %s ORDER BY indexname)
"""


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


def shape(connection: psycopg.Connection, table: str) -> list[Any]:
    """Everything that a table's reader or writer can notice."""
    connection.execute("SET search_path = public")
    return [
        connection.execute(COLUMNS, (table,)).fetchall(),
        connection.execute(CONSTRAINTS, (table,)).fetchall(),
        connection.execute(REST, (table, table)).fetchall(),
    ]


@pytest.mark.skipif(not DUMP.exists(), reason="the addon's own tables are not at hand")
@pytest.mark.parametrize(
    "table",
    [
        "openems_device",
        "openems_openemsconfigupdate",
        "openems_device_tag",
        "openems_device_openems_device_tag_rel",
        "openems_device_user_role",
    ],
)
def test_a_table_is_equal_to_the_addons(postgres: PostgresServer, table: str) -> None:
    dump = re.sub(r"(?m)^\\.*$", "", DUMP.read_text(encoding="utf-8"))
    with scratch(postgres, "addon"), connected(postgres, "postgres") as server:
        server.execute("CREATE DATABASE addon")
        with connected(postgres, "addon") as theirs, connected(postgres, "openems") as ours:
            theirs.execute(PREREQUISITES.encode())
            theirs.execute(dump.encode())
            assert shape(ours, table) == shape(theirs, table)


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
