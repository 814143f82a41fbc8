"""Connections to PostgreSQL in which the user's ``PG*`` variables have no part."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from edge_tasks.timedata.embedded.libpq import hide_variables, parameters


def connect(
    host: str, port: int, login: tuple[str, str], dbname: str, *, autocommit: bool = False
) -> psycopg.Connection[Any]:
    """Open a connection, for a login of user and password.

    Raises:
        psycopg.OperationalError: the server does not answer within 15 s, or refuses.
    """
    hide_variables()
    return psycopg.connect(**parameters(host, port, login, dbname, "edge-tasks"), autocommit=autocommit)


def set_password(connection: psycopg.Connection[Any], role: str, password: str) -> None:
    """Give a role a password, of which the server sees only the hash, made as its own settings want it.

    Raises:
        psycopg.Error: the server refuses.
    """
    digest = connection.pgconn.encrypt_password(password.encode(), role.encode())
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(digest.decode())))
