"""The device table: all SQL of the stand-in backend. A lost connection is opened again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import orjson
import psycopg

from edge_tasks.backend.config_update import changes_between, components_of, details, teaser
from edge_tasks.backend.known_devices import Device
from edge_tasks.timedata.embedded.libpq import parameters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from edge_tasks.backend.config_update import StoredComponent
    from edge_tasks.backend.known_devices import Write
    from edge_tasks.timedata.embedded.database import Database

_OFFLINE = (
    "UPDATE openems_device SET openems_is_connected = FALSE WHERE openems_is_connected IS DISTINCT FROM FALSE"
)
_READ = "SELECT id, name, apikey, openems_version, openems_sum_state_level FROM openems_device ORDER BY id"
_FLUSH = """
    UPDATE openems_device AS device
    SET openems_is_connected = COALESCE(fresh.online, device.openems_is_connected),
        lastmessage = CASE WHEN fresh.heard THEN now() AT TIME ZONE 'UTC' ELSE device.lastmessage END,
        openems_sum_state_level = COALESCE(fresh.level, device.openems_sum_state_level)
    FROM unnest(%s::int[], %s::boolean[], %s::boolean[], %s::text[]) AS fresh (id, online, heard, level)
    WHERE device.id = fresh.id
"""
_VERSIONS = """
    UPDATE openems_device AS device SET openems_version = fresh.version
    FROM unnest(%s::int[], %s::text[]) AS fresh (id, version) WHERE device.id = fresh.id
"""
_STORED_CONFIGS = "SELECT id, openems_config FROM openems_device WHERE id = ANY(%s)"
_CONFIGS = """
    UPDATE openems_device AS device
    SET openems_config = fresh.config, openems_config_components = fresh.components
    FROM json_to_recordset(%s::json) AS fresh (id int, config text, components text) WHERE device.id = fresh.id
"""
_CONFIG_UPDATES = """
    INSERT INTO openems_openemsconfigupdate (device_id, teaser, details, create_date)
    SELECT device.id, fresh.teaser, fresh.details, now() AT TIME ZONE 'UTC'
    FROM json_to_recordset(%s::json) AS fresh (id int, teaser text, details text)
    JOIN openems_device AS device ON device.id = fresh.id
"""
_CONFIG = "SELECT openems_config FROM openems_device WHERE name = %s LIMIT 1"
_ACTIVE = "SELECT name FROM openems_device WHERE active AND name = ANY(%s)"

StoreError = psycopg.Error
_T = TypeVar("_T")
_KINDS = 32
"""Edges of one template send the same configuration, which is then compared once. How many are remembered."""


def reason(error: StoreError) -> str:
    """The first line of what PostgreSQL says."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


class Store:
    """The table, over two connections: one writes, the other reads, so that no question waits for a flush."""

    def __init__(self, database: Database) -> None:
        self._writer = Session(database)
        self._reader = Session(database)

    async def load(self) -> list[Device]:
        """Set every device offline and read all rows, archived ones too."""

        async def job(connection: psycopg.AsyncConnection) -> list[psycopg.rows.TupleRow]:
            await connection.execute(_OFFLINE)
            return await (await connection.execute(_READ)).fetchall()

        rows = await self._patiently(job)
        return [
            Device(id=number, name=name, apikey=apikey, version=version, level=level)
            for number, name, apikey, version, level in rows
        ]

    async def _patiently(self, job: Callable[[psycopg.AsyncConnection], Awaitable[_T]]) -> _T:
        """Do a job that nobody does later: a server that is only held up is asked once more."""
        with suppress(psycopg.errors.ConnectionTimeout):
            return await self._writer.do(job)
        return await self._writer.do(job)

    async def flush(self, writes: Sequence[Write]) -> None:
        """Write which edges are online, which were heard, and the state of each, in one statement."""
        if not writes:
            return
        columns = (
            [write.id for write in writes],
            [write.online for write in writes],
            [write.heard for write in writes],
            [write.level for write in writes],
        )

        async def job(connection: psycopg.AsyncConnection) -> None:
            await connection.execute(_FLUSH, columns)

        await self._writer.do(job)

    async def write_versions(self, versions: Mapping[int, str]) -> None:
        """Write the versions that edges report, by id of the device."""

        async def job(connection: psycopg.AsyncConnection) -> None:
            await connection.execute(_VERSIONS, (list(versions), list(versions.values())))

        await self._writer.do(job)

    async def write_configs(self, texts: Mapping[int, bytes]) -> None:
        """Write edges' configurations (JSON), by id of the device, and note what differs from those before.

        Three statements for all of them: at ten thousand edges, round trips would be most of the work.
        """

        async def job(connection: psycopg.AsyncConnection) -> None:
            found = await (await connection.execute(_STORED_CONFIGS, (list(texts),))).fetchall()
            stored: dict[int, str | None] = dict(found)
            rows = [{"id": number, **_row(stored.get(number), text)} for number, text in texts.items()]
            noted = [row for row in rows if row["details"]]
            if noted:
                await connection.execute(_CONFIG_UPDATES, (orjson.dumps(noted).decode(),))
            await connection.execute(_CONFIGS, (orjson.dumps(rows).decode(),))

        await self._writer.do(job)

    async def active(self, names: Iterable[str]) -> set[str]:
        """Return those of the named devices that are active at this moment."""
        wanted = list(names)

        async def job(connection: psycopg.AsyncConnection) -> set[str]:
            return {name for (name,) in await (await connection.execute(_ACTIVE, (wanted,))).fetchall()}

        return await self._reader.do(job)

    async def config(self, name: str) -> str | None:
        """Return the stored configuration of a device; None when there is none, or no such device."""

        async def job(connection: psycopg.AsyncConnection) -> str | None:
            row = await (await connection.execute(_CONFIG, (name,))).fetchone()
            return row[0] if row else None

        return await self._reader.do(job)

    async def close(self) -> None:
        """Close both connections."""
        await self._writer.close()
        await self._reader.close()


def _components_in(text: str | None) -> dict[str, StoredComponent]:
    """The components of a stored configuration; none when it is no JSON object."""
    try:
        stored = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        stored = {}
    return components_of(stored) if isinstance(stored, dict) else {}


@lru_cache(maxsize=_KINDS)
def _row(stored: str | None, text: bytes) -> dict[str, str]:
    """The columns that follow from a stored configuration and a new one; no ``details`` without a change."""
    config = orjson.loads(text)
    components = components_of(config)
    changes = changes_between(_components_in(stored), components)
    return {
        "config": _pretty(config),
        "components": _pretty(components),
        "teaser": teaser(changes) if changes else "",
        "details": details(changes) if changes else "",
    }


def _pretty(document: object) -> str:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


class Session:
    """A connection that does one job at a time, and is opened again after a failure."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = asyncio.Lock()
        self._connection: psycopg.AsyncConnection | None = None

    async def do(self, job: Callable[[psycopg.AsyncConnection], Awaitable[_T]]) -> _T:
        """Do a job in one transaction. If the connection is found to be dead, do it again over a new one."""
        async with self._lock:
            if self._connection is not None and not self._connection.closed:
                try:
                    return await self._attempt(self._connection, job)
                except psycopg.OperationalError:
                    if not self._connection.closed:
                        raise
            self._connection = await self._connect()
            return await self._attempt(self._connection, job)

    @staticmethod
    async def _attempt(
        connection: psycopg.AsyncConnection, job: Callable[[psycopg.AsyncConnection], Awaitable[_T]]
    ) -> _T:
        async with connection.transaction():
            return await job(connection)

    async def _connect(self) -> psycopg.AsyncConnection:
        own = self._database
        told = parameters(own.host, own.port, (own.user, own.password), own.dbname, "edge-tasks stand-in backend")
        return await psycopg.AsyncConnection.connect(**told, autocommit=True)

    async def close(self) -> None:
        """Close it; the next job opens it again."""
        if self._connection is not None:
            await self._connection.close()
