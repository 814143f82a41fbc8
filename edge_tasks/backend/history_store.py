"""The history's tables, as the stand-in reads and writes them. A lost connection is opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from edge_tasks.backend.store import Session
from edge_tasks.timedata.embedded.database import ALL_CHANNELS, LOCK, MISSING, NEW_CHANNELS, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import psycopg

    from edge_tasks.timedata.embedded.database import Database

_APPEND: Final = """
    INSERT INTO history.block (edge, day, live, body)
    SELECT fresh.edge, fresh.day, true, fresh.body
    FROM unnest(%b::int[], %b::int[], %b::int[], %b::bytea[]) AS fresh (device, edge, day, body)
    JOIN openems_device AS device ON device.id = fresh.device AND device.active
    ORDER BY fresh.edge, fresh.day
"""
_DAYS: Final = "SELECT body FROM history.block WHERE edge = %s AND day BETWEEN %s AND %s ORDER BY day, id"
_ENDS: Final = """
    SELECT day, body FROM history.block WHERE edge = %(edge)s AND day IN (
        (SELECT min(day) FROM history.block WHERE edge = %(edge)s AND day BETWEEN %(first)s AND %(last)s),
        (SELECT max(day) FROM history.block WHERE edge = %(edge)s AND day BETWEEN %(first)s AND %(last)s)
    ) ORDER BY day, id
"""


class Row(NamedTuple):
    """What an edge sent on one day.

    Attributes:
        device: the id of its row in the device table. An archived device has no history.
        edge: the number in its name.
        day: counted since 1970.
    """

    device: int
    edge: int
    day: int
    block: bytes


class HistoryStore:
    """One connection writes, another one reads, so that no question waits for what edges send."""

    def __init__(self, database: Database) -> None:
        self._writer = Session(database)
        self._reader = Session(database)

    async def prepare(self) -> dict[str, int]:
        """Make the tables if they are missing; the channels that are known, with their ids."""

        async def job(connection: psycopg.AsyncConnection) -> dict[str, int]:
            row = await (await connection.execute(MISSING)).fetchone()
            if row is None or row[0]:
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
                await connection.execute(SCHEMA.encode())
            return dict(await (await connection.execute(ALL_CHANNELS)).fetchall())

        return await self._writer.do(job)

    async def add_channels(self, addresses: Collection[str]) -> dict[str, int]:
        """Give new channels their ids; all that are known."""

        async def job(connection: psycopg.AsyncConnection) -> dict[str, int]:
            await connection.execute(NEW_CHANNELS, (list(addresses),))
            return dict(await (await connection.execute(ALL_CHANNELS)).fetchall())

        return await self._writer.do(job)

    async def channels(self) -> dict[str, int]:
        """All channels, those included that others have written meanwhile."""

        async def job(connection: psycopg.AsyncConnection) -> dict[str, int]:
            return dict(await (await connection.execute(ALL_CHANNELS)).fetchall())

        return await self._reader.do(job)

    async def append(self, rows: Sequence[Row]) -> None:
        """Write what edges sent, of devices that are not archived."""
        columns = tuple(list(column) for column in zip(*rows, strict=True))

        async def job(connection: psycopg.AsyncConnection) -> None:
            await connection.execute(_APPEND, columns)

        if rows:
            await self._writer.do(job)

    async def days(self, edge: int, first: int, last: int) -> list[bytes]:
        """The blocks of an edge from one day to another."""

        async def job(connection: psycopg.AsyncConnection) -> list[bytes]:
            cursor = await connection.execute(_DAYS, (edge, first, last), binary=True)
            return [block for (block,) in await cursor.fetchall()]

        return await self._reader.do(job)

    async def ends(self, edge: int, first: int, last: int) -> list[tuple[int, bytes]]:
        """The blocks of the first and the last day in a stretch that have any, with their days."""

        async def job(connection: psycopg.AsyncConnection) -> list[tuple[int, bytes]]:
            cursor = await connection.execute(_ENDS, {"edge": edge, "first": first, "last": last}, binary=True)
            return await cursor.fetchall()

        return await self._reader.do(job)

    async def close(self) -> None:
        """Close both connections."""
        await self._writer.close()
        await self._reader.close()
