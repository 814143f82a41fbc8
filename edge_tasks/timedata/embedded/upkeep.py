"""The rows of live points are made fewer, and those that are too old are removed.

Every minute of an edge is a row at first. When a day has many of them, they become one. What is older than two
days is thinned to quarter hours, as a backfilled past has them. History is kept for three years.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata.embedded.compaction import compacted
from edge_tasks.timedata.embedded.database import connect

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from edge_tasks.timedata.embedded.database import Database

KEPT_DAYS: Final = 3 * 366
FINE_DAYS: Final = 2
_MANY: Final = 15
_AT_ONCE: Final = 2_000
_PAUSE_S: Final = 0.002
_EXPIRED: Final = "DELETE FROM history.block WHERE day < %s"
_CANDIDATES: Final = """
    SELECT edge, day FROM history.block WHERE live GROUP BY edge, day HAVING count(*) > %s OR day < %s
    ORDER BY count(*) DESC LIMIT %s
"""
_BLOCKS: Final = """
    SELECT id, body FROM history.block WHERE live AND edge = %s AND day = %s ORDER BY id FOR UPDATE
"""
_REPLACE: Final = "UPDATE history.block SET body = %s, live = %s WHERE id = %s"
_DROP: Final = "DELETE FROM history.block WHERE id = ANY(%s)"


def tidy(database: Database, is_over: Callable[[], bool] = lambda: False) -> int:
    """Do what is to be done now, in small transactions, until it is done or over.

    Returns:
        How many days of edges became one row.

    Raises:
        psycopg.Error: the database cannot be reached or refuses.
    """
    today = int(time.time() * 1000) // DAY_MS
    done = 0
    with connect(database) as connection:
        connection.execute(_EXPIRED, (today - KEPT_DAYS,))
        fine = today - FINE_DAYS
        for edge, day in connection.execute(_CANDIDATES, (_MANY, fine, _AT_ONCE)).fetchall():
            if is_over():
                break
            _make_one(connection, edge, day, thin=day < fine)
            done += 1
            time.sleep(_PAUSE_S)  # the stand-in's messages come between
    return done


def _make_one(connection: psycopg.Connection, edge: int, day: int, *, thin: bool) -> None:
    """The newest row gets all points, so that a value written later still counts more."""
    with connection.transaction():
        rows = connection.execute(_BLOCKS, (edge, day), binary=True).fetchall()
        if rows:
            block = compacted([body for _, body in rows], thin=thin)
            connection.execute(_REPLACE, (block, not thin, rows[-1][0]))
            connection.execute(_DROP, ([number for number, _ in rows[:-1]],))
