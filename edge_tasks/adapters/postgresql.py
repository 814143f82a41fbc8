"""Connections to PostgreSQL in which the user's ``PG*`` variables have no part."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import psycopg

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX: Final = "PG"
_CONNECT_S: Final = 5


def connect(
    host: str, port: int, login: tuple[str, str], dbname: str, *, autocommit: bool = False
) -> psycopg.Connection[Any]:
    """Open a connection, for a login of user and password.

    The variables are hidden from libpq only: ``os.environ`` keeps them, since a user's compose file may ask for
    them. Psycopg itself looks for two parameters in ``os.environ``, so these are given here.

    Raises:
        psycopg.OperationalError: the server does not answer within 5 s, or refuses.
    """
    for name in os.environ:
        if name.startswith(_PREFIX):
            os.unsetenv(name)
    return psycopg.connect(
        host=host,
        hostaddr="",
        port=port,
        user=login[0],
        password=login[1],
        dbname=dbname,
        target_session_attrs="any",
        connect_timeout=_CONNECT_S,
        client_encoding="utf8",  # a server in SQL_ASCII would make psycopg give bytes
        application_name="edge-tasks",
        autocommit=autocommit,
    )


def without_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for a program of PostgreSQL, or for one that connects to it."""
    return {name: value for name, value in environment.items() if not name.startswith(_PREFIX)}
