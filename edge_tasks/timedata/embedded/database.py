"""The tables that hold history, and connections to them.

They lie in a schema of their own beside the device table: a name for each channel, and rows with the points of
an edge on one day (of UTC). A day may have several rows; of two values at one moment the later row's counts.
Rows that a backend wrote of what edges sent are live until they are old and thinned. When a device is archived
or removed, its edge's history goes with it. A row up to 8160 bytes is kept in its page, as it is: to compress
it would cost more time than it saves room.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import psycopg

from edge_tasks.timedata.embedded.libpq import hide_variables, parameters

HISTORY_PATH: Final = "/history"
"""The path of the backend's console at which a POST has it write what edges have sent."""
LOCK: Final = 0x6869_7374  # any number that nobody else locks: two programs make the tables one after the other
_NUMBER: Final = re.compile(r"[^0-9]([0-9]+)$")
SCHEMA: Final = """
    CREATE SCHEMA IF NOT EXISTS history;
    CREATE TABLE IF NOT EXISTS history.channel (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        address text NOT NULL UNIQUE
    );
    CREATE TABLE IF NOT EXISTS history.block (
        id bigint GENERATED ALWAYS AS IDENTITY,
        edge int NOT NULL,
        day int NOT NULL,
        live boolean NOT NULL DEFAULT false,
        body bytea NOT NULL
    ) WITH (toast_tuple_target = 8160);
    ALTER TABLE history.block ALTER COLUMN body SET STORAGE EXTERNAL;
    CREATE INDEX IF NOT EXISTS block_of_day ON history.block (edge, day);
    CREATE INDEX IF NOT EXISTS live_block_of_day ON history.block (edge, day) WHERE live;
    CREATE OR REPLACE FUNCTION history.forget() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM history.block WHERE edge = substring(OLD.name FROM '[^0-9]([0-9]+)$')::int;
            RETURN NULL;
        END
    $$;
    CREATE OR REPLACE TRIGGER archived AFTER UPDATE OF active ON openems_device
        FOR EACH ROW WHEN (OLD.active AND NEW.active IS NOT TRUE) EXECUTE FUNCTION history.forget();
    CREATE OR REPLACE TRIGGER removed AFTER DELETE ON openems_device
        FOR EACH ROW EXECUTE FUNCTION history.forget();
"""
MISSING: Final = "SELECT to_regclass('history.block') IS NULL"
ALL_CHANNELS: Final = "SELECT address, id FROM history.channel"
CHANNELS: Final = "SELECT address, id FROM history.channel WHERE address = ANY(%s)"
NEW_CHANNELS: Final = """
    INSERT INTO history.channel (address) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING
"""
COPY: Final = "COPY history.block (edge, day, body) FROM STDIN (FORMAT BINARY)"
TYPES: Final = ("int4", "int4", "bytea")


@dataclass(frozen=True)
class Database:
    """The PostgreSQL database that has these tables, and the device table beside them."""

    host: str
    port: int
    dbname: str
    user: str
    password: str = field(repr=False)

    def __str__(self) -> str:
        """For messages: everything but the password."""
        return f"postgresql://{self.user}@{self.host}:{self.port}/{self.dbname}"


def connect(database: Database) -> psycopg.Connection:
    """Open a connection, every statement its own transaction, and make the tables if they are missing.

    Raises:
        psycopg.Error: the server does not answer within 15 s, or refuses.
    """
    hide_variables()
    login = database.user, database.password
    told = parameters(database.host, database.port, login, database.dbname, "edge-tasks history")
    connection: psycopg.Connection = psycopg.connect(**told, autocommit=True)
    row = connection.execute(MISSING).fetchone()
    if row is None or row[0]:
        create(connection)
    return connection


def create(connection: psycopg.Connection) -> None:
    """Make the tables, all or none."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute(SCHEMA.encode())


def number_of(edge: str) -> int:
    """The number at the end of an edge's name, under which OpenEMS stores its points.

    Raises:
        ValueError: it has none.
    """
    found = _NUMBER.search(edge)
    if not found:
        raise ValueError(f"{edge} does not end with a number")
    return int(found[1])
