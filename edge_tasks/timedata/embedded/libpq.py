"""What libpq is told of a connection, so that a user's ``PG*`` variables have no part in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX: Final = "PG"
_CONNECT_S: Final = 15
"""A busy machine may hold up a server for longer than five seconds."""


class Parameters(TypedDict):
    """The parameters of a connection, as libpq and psycopg name them."""

    host: str
    hostaddr: str
    port: int
    user: str
    password: str
    dbname: str
    target_session_attrs: str
    connect_timeout: int
    client_encoding: str
    application_name: str


def parameters(host: str, port: int, login: tuple[str, str], dbname: str, application: str) -> Parameters:
    """All that a variable could change where it is not given.

    Psycopg itself looks for two of them in ``os.environ``. A server in SQL_ASCII would have it give bytes.

    Args:
        host: of the server.
        port: of the server.
        login: user and password.
        dbname: the database.
        application: who connects, for the server's own lists.
    """
    user, password = login
    return {
        "host": host,
        "hostaddr": "",
        "port": port,
        "user": user,
        "password": password,
        "dbname": dbname,
        "target_session_attrs": "any",
        "connect_timeout": _CONNECT_S,
        "client_encoding": "utf8",
        "application_name": application,
    }


def hide_variables() -> None:
    """Hide the variables from libpq only: ``os.environ`` keeps them for a user's compose file."""
    for name in os.environ:
        if name.startswith(_PREFIX):
            os.unsetenv(name)


def without_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for a program of PostgreSQL, or for one that connects to it."""
    return {name: value for name, value in environment.items() if not name.startswith(_PREFIX)}
