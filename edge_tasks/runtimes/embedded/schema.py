"""The database that Odoo and its addon `openems` would have made: only what a backend and we ourselves use."""

from __future__ import annotations

from importlib import resources

import psycopg
from psycopg import sql

from edge_tasks.adapters import postgresql
from edge_tasks.errors import CommandFailed, RegistrationError
from edge_tasks.timedata.embedded import database as history

_LOCK = 0x6564_6765  # any number that nobody else locks: two runs make the tables one after the other


def create_database(host: str, port: int, user: str, password: str, dbname: str = "openems") -> bool:
    """Make the database and its tables where they are missing.

    Returns:
        Whether anything was made.

    Raises:
        RegistrationError: the server refuses; tables are made all or none.
    """
    address: dict[str, str | int] = {"host": host, "port": port, "user": user, "password": password}
    try:
        made = _create(address, dbname)
        return _fill(address, dbname) or made
    except psycopg.Error as error:
        raise RegistrationError(
            f"the database {dbname} on {host}:{port} cannot be created: {_reason(error)}"
        ) from error


def _connect(address: dict[str, str | int], dbname: str, *, autocommit: bool) -> psycopg.Connection:
    login = (str(address["user"]), str(address["password"]))
    return postgresql.connect(str(address["host"]), int(address["port"]), login, dbname, autocommit=autocommit)


def _create(address: dict[str, str | int], dbname: str) -> bool:
    with _connect(address, "postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (dbname,)).fetchone():
            return False
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(dbname)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return False  # another run was faster
    return True


def _fill(address: dict[str, str | int], dbname: str) -> bool:
    with _connect(address, dbname, autocommit=False) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        found = connection.execute("SELECT to_regclass('public.openems_device') IS NOT NULL").fetchone()
        if found and found[0]:
            return False
        # Somebody has dropped the device table: the other tables are ours as well, and are of no use without it.
        connection.execute(_tables().encode())
    return True


def set_password(host: str, port: int, user: str, before: str, password: str) -> None:
    """Give a user another password, of which the server only sees the salted hash; nothing if it has another one.

    Raises:
        CommandFailed: the server refuses.
    """
    try:
        with postgresql.connect(host, port, (user, before), "postgres", autocommit=True) as connection:
            connection.execute("SET synchronous_commit = on")  # on the disk, before the other one is forgotten
            postgresql.set_password(connection, user, password)
    except psycopg.OperationalError as error:
        if "authentication failed" not in str(error):
            raise CommandFailed(f"the password of {user} could not be set") from None
    except psycopg.Error:
        raise CommandFailed(f"the password of {user} could not be set") from None


def read_new(host: str, port: int, user: str, password: str, dbname: str) -> None:
    """Read what a new server has, as a user: the device table, unless its database is still to be made.

    Args:
        host: of the server.
        port: of the server.
        user: whom it lets in.
        password: of that user.
        dbname: the database with the table; empty if there will be none.

    Raises:
        CommandFailed: the server does not let the user in, or the table cannot be read.
    """
    address: dict[str, str | int] = {"host": host, "port": port, "user": user, "password": password}
    try:
        with _connect(address, dbname or "postgres", autocommit=True) as connection:
            if dbname:
                connection.execute("SELECT count(*) FROM openems_device")
    except psycopg.Error as error:
        if not _is_to_be_made(dbname, str(error)):
            raise CommandFailed(f"a new database on {host}:{port} cannot be read: {_reason(error)}") from None


def _is_to_be_made(dbname: str, message: str) -> bool:
    """Whether there is no such database; of one whose files are gone, the server says that, too, and adds why."""
    return f'database "{dbname}" does not exist' in message and "subdirectory" not in message


def _reason(error: psycopg.Error) -> str:
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__


def statements() -> str:
    """SQL for a new database: all tables that a backend uses."""
    return _tables() + history.SCHEMA


def _tables() -> str:
    tables = resources.files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
    return f"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n{tables}\n"
