"""A copy of a fresh Odoo becomes a platform's own, in a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from edge_tasks.adapters import postgresql
from edge_tasks.errors import RegistrationError
from edge_tasks.registry.odoo import fresh
from edge_tasks.registry.odoo.server import Database, connected, drop_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

NAME, ROLE = "copied", 'od"oo'
MADE = """
CREATE TABLE res_users (id int, password text);
INSERT INTO res_users VALUES (1, NULL), (2, '$pbkdf2$of admin');
CREATE TABLE ir_attachment (store_fname text);
INSERT INTO ir_attachment VALUES ('ab/abcd'), ('ab/abcd'), (NULL), ('cd/cdef');
CREATE TABLE ir_config_parameter (key text, value text);
INSERT INTO ir_config_parameter VALUES ('database.secret', 'a'), ('database.uuid', 'b'), ('web.base.url', 'c');
"""


@pytest.fixture
def copied(postgres: PostgresServer) -> Iterator[Database]:
    """The database of a copy, as its own password lets us in."""
    server = Database("127.0.0.1", postgres.port, postgres.user, postgres.password, NAME)
    role = 'CREATE ROLE "od""oo" SUPERUSER LOGIN PASSWORD \'of the copy\''
    run(replace(server, name="postgres"), role, f"CREATE DATABASE {NAME}")
    run(server, MADE)
    yield replace(server, user=ROLE, password="of the copy")  # noqa: S106 - of this test
    drop_database(server)
    run(replace(server, name="postgres"), 'DROP ROLE "od""oo"')


def run(database: Database, *statements: str) -> None:
    login = (database.user, database.password)
    with postgresql.connect("127.0.0.1", database.port, login, database.name, autocommit=True) as opened:
        for statement in statements:
            opened.execute(statement.encode())


def parameters(database: Database) -> dict[str, str]:
    with connected(database) as connection:
        return dict(connection.execute("SELECT key, value FROM ir_config_parameter").fetchall())


def test_what_a_copy_must_take_along_is_seen(copied: Database) -> None:
    found = fresh.look_at(copied)
    assert sorted(found.files) == ["ab/abcd", "cd/cdef"]
    assert found.server.isdigit()
    assert "pbkdf2" not in found.admin


def test_others_who_may_log_in_with_a_password_are_seen(copied: Database, postgres: PostgresServer) -> None:
    assert fresh.look_at(copied).others == (postgres.user,)


def test_other_databases_with_tables_are_seen(copied: Database) -> None:
    run(replace(copied, name="postgres"), "CREATE DATABASE customers", "CREATE DATABASE empty")
    try:
        run(replace(copied, name="customers"), "CREATE TABLE bill ()")
        found = fresh.look_at(copied).databases
        assert "customers" in found
        assert "empty" not in found
    finally:
        run(replace(copied, name="postgres"), "DROP DATABASE customers", "DROP DATABASE empty")


def test_an_odoo_that_keeps_its_files_elsewhere_has_none(copied: Database) -> None:
    run(copied, "ALTER TABLE ir_attachment DROP COLUMN store_fname")
    assert fresh.look_at(copied).files == ()


def test_what_odoo_draws_by_lot_is_drawn_again_and_nothing_else(copied: Database) -> None:
    fresh.draw_again(copied)
    found = parameters(copied)
    assert found["web.base.url"] == "c"
    assert len({found["database.secret"], found["database.uuid"], "a", "b"}) == 4


def test_a_copy_is_taken_over_with_the_platforms_password(copied: Database) -> None:
    ours = replace(copied, password='it\'s "ours"')  # noqa: S106 - of this test
    assert fresh.take_over(copied, ours, fresh.look_at(copied).admin)
    assert parameters(ours)["database.secret"] != "a"
    with pytest.raises(RegistrationError):
        parameters(copied)


def test_a_copy_with_another_admin_is_left_as_it_is(copied: Database) -> None:
    ours = replace(copied, password="ours")  # noqa: S106 - of this test
    admin = fresh.look_at(copied).admin
    run(copied, "UPDATE res_users SET password = 'of somebody' WHERE id = 2")
    assert not fresh.take_over(copied, ours, admin)
    assert parameters(copied)["database.secret"] == "a"


def test_the_platforms_password_is_not_in_the_statement(
    copied: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    execute = psycopg.Connection.execute

    def spy(connection: psycopg.Connection[tuple[object, ...]], query: object, *more: object) -> object:
        said.append(query if isinstance(query, str) else query.as_string(connection))  # type: ignore[attr-defined]
        return execute(connection, query, *more)  # type: ignore[call-overload]

    monkeypatch.setattr(psycopg.Connection, "execute", spy)
    ours = replace(copied, password="something-of-ours")  # noqa: S106 - of this test
    assert fresh.take_over(copied, ours, fresh.look_at(copied).admin)
    assert any("ALTER ROLE" in text for text in said)
    assert "something-of-ours" not in " ".join(said)
