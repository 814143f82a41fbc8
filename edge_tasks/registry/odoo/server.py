"""The PostgreSQL server with Odoo's database: whether it lets us in, and its errors in our words."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from edge_tasks.adapters import postgresql
from edge_tasks.errors import DatabaseRefused, RegistrationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Database:
    """Where Odoo's database with the device table is.

    Attributes:
        remedy: what to type or change if the server refuses the password.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    name: str = "openems"
    remedy: str = "is the password right?"

    def __str__(self) -> str:
        """For messages: everything but the password."""
        return f"postgresql://{self.user}@{self.host}:{self.port}/{self.name}"


def await_server(database: Database, deadline: float, require_running: Callable[[], None]) -> None:
    """Wait until PostgreSQL lets us in, by trying.

    Raises:
        RegistrationError: it refuses the user or the password, or does not answer before ``deadline``.
        FleetError: as ``require_running`` raises when there is nothing to wait for.
    """
    while not answers(database):
        require_running()
        if time.monotonic() > deadline:
            raise RegistrationError(f"{database} does not answer", hint="inv logs --service db")
        time.sleep(0.2)


def answers(database: Database) -> bool:
    """Whether PostgreSQL lets us in; not while it starts.

    Raises:
        RegistrationError: it refuses the user or the password.
    """
    maintenance = replace(database, name="postgres")
    try:
        with _open(maintenance):
            return True
    except psycopg.OperationalError as error:
        if _is_refusal(error):
            raise DatabaseRefused(f"{maintenance}: {_reason(error)}", hint=database.remedy) from None
        return False


def drop_database(database: Database) -> None:
    """Remove a database if it exists, even if somebody is connected to it."""
    name = sql.Identifier(database.name)
    with connected(replace(database, name="postgres"), autocommit=True) as connection:
        hidden = "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate"
        if connection.execute(hidden, (database.name,)).fetchone() is not None:
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(name))
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@contextmanager
def connected(database: Database, *, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """A connection, for one transaction.

    Raises:
        RegistrationError: the server refuses, or the body failed; nothing was committed.
    """
    try:
        with _open(database, autocommit=autocommit) as connection:
            yield connection
    except psycopg.Error as error:
        what = f"the device table at {database}: {_reason(error)}"
        if _is_refusal(error):
            raise DatabaseRefused(what, hint=database.remedy) from None
        raise RegistrationError(what, hint=_hint(error)) from None


def _is_refusal(error: psycopg.Error) -> bool:
    return isinstance(error, psycopg.OperationalError) and "authentication failed" in str(error)


def _open(database: Database, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    login = (database.user, database.password)
    return postgresql.connect(database.host, database.port, login, database.name, autocommit=autocommit)


def _reason(error: psycopg.Error) -> str:
    """PostgreSQL's message without the values of the failing row, which contain the apikey."""
    return error.diag.message_primary or str(error).strip().splitlines()[0]


def _hint(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidCatalogName):
        return "the addon's table is missing: inv odoo-init"
    if isinstance(error, psycopg.errors.UndefinedColumn):
        return "the table is not the one of the openems addon of Odoo 16; nothing was changed"
    if isinstance(error, psycopg.OperationalError):
        return "nothing was committed; is it running (inv odoo-init)?"
    return "nothing was committed"
