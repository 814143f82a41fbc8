"""The device table in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import class_row

from edge_tasks.errors import RegistrationError
from edge_tasks.registry.odoo.addon import Addon
from edge_tasks.registry.odoo.rows import Row
from edge_tasks.registry.odoo.server import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import psycopg

    from edge_tasks.registry.odoo.rows import RowChanges
    from edge_tasks.registry.odoo.server import Database

_COLUMNS: Final = "id, name, apikey, active, name_number, oem, setup_password, comment, internalnote AS note"
_ROWS_A_WORD: Final = 1000
_ADMIN: Final = 2
"""Odoo's user id of ``admin``."""


@dataclass(frozen=True)
class RowReport:
    """What the backend wrote about a device.

    Attributes:
        apikey: as the row has it.
        active: whether Odoo and the UI show it.
        components: the ids of its last ``edgeConfig``.
        age_s: seconds since ``lastmessage`` by the database's clock; that may be 30 s late.
    """

    name: str
    apikey: str = field(repr=False)
    active: bool | None
    components: list[str] | None
    age_s: float | None


def addon(database: Database) -> Addon:
    """How far the addon is.

    Raises:
        RegistrationError: the server cannot be asked.
    """
    with connected(replace(database, name="postgres")) as connection:
        query = "SELECT datistemplate FROM pg_database WHERE datname = %s"
        found = connection.execute(query, (database.name,)).fetchone()
        if found is None or found[0]:
            return Addon.NO_DATABASE if found is None else Addon.HIDDEN
    with connected(database) as connection:
        tables = "SELECT to_regclass('public.openems_device'), to_regclass('public.ir_module_module')"
        device, modules = connection.execute(tables).fetchone() or (None, None)
        if device is None:
            return Addon.HALF
        query = "SELECT 1 FROM ir_module_module WHERE name = 'openems' AND state = 'installed'"
        done = modules is None or connection.execute(query).fetchone() is not None
    return Addon.INSTALLED if done else Addon.HALF


def has_table(database: Database) -> bool:
    """Whether the database can be reached and has the device table."""
    try:
        with connected(database) as connection:
            found = connection.execute("SELECT to_regclass('public.openems_device')").fetchone()
    except RegistrationError:
        return False
    return found is not None and found[0] is not None


def read_rows(database: Database) -> tuple[Row, ...]:
    """All rows of the device table.

    Raises:
        RegistrationError: it cannot be read; with what was tried.
    """
    with connected(database) as connection:
        return _rows(connection)


def register(database: Database, plan: RowChanges, told: Callable[[int], None] = lambda _done: None) -> None:
    """Do what was planned, in one transaction: all of it or nothing.

    Args:
        database: where.
        plan: what.
        told: is told how many rows have been sent.

    Raises:
        RegistrationError: nothing was committed.
    """
    with connected(database) as connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute("LOCK TABLE openems_device IN SHARE ROW EXCLUSIVE MODE")
        _insert(cursor, plan, told)
        _change(cursor, plan)
        told(len(plan.added) + len(plan.changed))
        cursor.execute(
            "UPDATE openems_device SET active = NOT coalesce(active, false), write_uid = %s,"
            " write_date = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
            (_ADMIN, [row.id for row in (*plan.unarchived, *plan.archived)]),
        )


def remove_rows(database: Database, ids: Sequence[int]) -> None:
    """Delete rows by id; for ``inv down --purge``."""
    with connected(database) as connection:
        connection.execute("DELETE FROM openems_device WHERE id = ANY(%s)", (list(ids),))


_REPORTS: Final = """
WITH devices AS MATERIALIZED (
  SELECT name, apikey, active, lastmessage, md5(nullif(openems_config, '')) AS digest
  FROM openems_device WHERE name = ANY(%s)
), configs AS (
  SELECT digest, min(name) AS name FROM devices WHERE digest IS NOT NULL GROUP BY digest
), parsed AS MATERIALIZED (
  SELECT digest, ARRAY(SELECT json_object_keys(openems_config::json -> 'components')) AS components
  FROM configs JOIN openems_device USING (name)
)
SELECT name, apikey, active, components,
  extract(epoch FROM now() AT TIME ZONE 'UTC' - lastmessage)::float AS age_s
FROM devices LEFT JOIN parsed USING (digest)
"""
"""A configuration has 20 kB and is the same for all light edges of a template, so it is parsed once for them."""


def read_reports(database: Database, names: Sequence[str]) -> dict[str, RowReport]:
    """What the backend wrote about these devices, by name; a name without a row is absent."""
    with connected(database) as connection:
        cursor = connection.cursor(row_factory=class_row(RowReport))
        found = cursor.execute(_REPORTS, (list(names),)).fetchall()
    return {report.name: report for report in found}


def read_connected(database: Database, names: Sequence[str]) -> dict[str, bool]:
    """Which devices the backend last wrote to be connected (every 30 s), by name; one without a row is absent."""
    query = "SELECT name, coalesce(openems_is_connected, false) FROM openems_device WHERE name = ANY(%s)"
    with connected(database) as connection:
        return dict(connection.execute(query, (list(names),)).fetchall())


def read_config(database: Database, name: str) -> dict[str, object]:
    """The last ``edgeConfig`` of a device as the backend stored it; empty when there is none."""
    with connected(database) as connection:
        found = connection.execute(
            "SELECT nullif(openems_config, '')::json FROM openems_device WHERE name = %s", (name,)
        ).fetchone()
    return found[0] if found is not None and isinstance(found[0], dict) else {}


def _rows(connection: psycopg.Connection[Any]) -> tuple[Row, ...]:
    cursor = connection.cursor(row_factory=class_row(Row))
    return tuple(cursor.execute(f"SELECT {_COLUMNS} FROM openems_device ORDER BY id"))  # noqa: S608 - a constant


def _insert(cursor: psycopg.Cursor[Any], plan: RowChanges, told: Callable[[int], None]) -> None:
    if not plan.added:
        return
    found = cursor.execute("SELECT now() AT TIME ZONE 'UTC'").fetchone()
    now = found[0] if found else None
    with cursor.copy(
        "COPY openems_device (name, apikey, active, name_number, oem, setup_password, comment, internalnote,"
        " openems_version, create_uid, create_date, write_uid, write_date) FROM STDIN"
    ) as copy:
        for sent, device in enumerate(plan.added):
            if sent % _ROWS_A_WORD == 0:
                told(sent)
            identity = (device.name, device.apikey, device.active, device.name_number, device.oem)
            texts = (device.setup_password, device.comment, device.note)
            copy.write_row((*identity, *texts, device.version, _ADMIN, now, _ADMIN, now))


def _change(cursor: psycopg.Cursor[Any], plan: RowChanges) -> None:
    cursor.executemany(
        "UPDATE openems_device SET apikey = %s, active = %s, name_number = %s, oem = coalesce(oem, %s),"
        " setup_password = coalesce(nullif(setup_password, ''), %s), comment = coalesce(nullif(comment, ''), %s),"
        " internalnote = CASE WHEN internalnote IS NULL OR internalnote LIKE 'edge-tasks fleet %%' THEN %s"
        " WHEN position(%s IN internalnote) > 0 THEN internalnote ELSE internalnote || E'\\n' || %s END,"
        " write_uid = %s, write_date = now() AT TIME ZONE 'UTC' WHERE id = %s",
        [
            (
                *(device.apikey, device.active, device.name_number, device.oem),
                *(device.setup_password, device.comment, device.note, device.note, device.note),
                *(_ADMIN, change.row.id),
            )
            for change in plan.changed
            for device in (change.device,)
        ],
    )
