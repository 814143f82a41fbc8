"""Connections to PostgreSQL in which the user's ``PG*`` variables have no part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from edge_tasks.timedata.embedded.libpq import PREFIX, hide_variables, parameters

if TYPE_CHECKING:
    from collections.abc import Mapping


def connect(
    host: str, port: int, login: tuple[str, str], dbname: str, *, autocommit: bool = False
) -> psycopg.Connection[Any]:
    """Open a connection, for a login of user and password.

    Raises:
        psycopg.OperationalError: the server does not answer within 5 s, or refuses.
    """
    hide_variables()
    return psycopg.connect(**parameters(host, port, login, dbname, "edge-tasks"), autocommit=autocommit)


def without_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for a program of PostgreSQL, or for one that connects to it."""
    return {name: value for name, value in environment.items() if not name.startswith(PREFIX)}
