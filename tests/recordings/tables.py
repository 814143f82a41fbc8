"""What can be noticed of a table by whoever reads it or writes into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

NAMES = (
    "openems_device",
    "openems_openemsconfigupdate",
    "openems_device_tag",
    "openems_device_openems_device_tag_rel",
    "openems_device_user_role",
)
COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
           col_description(a.attrelid, a.attnum)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 ORDER BY a.attnum
"""
# NOT NULL stands in the columns; only PostgreSQL 18 and later list it here too, under a name that it makes up.
CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
    FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'n' ORDER BY conname
"""
COMMENT = "SELECT obj_description(%s::regclass, 'pg_class')"
INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = %s ORDER BY indexname"


def shape(connection: psycopg.Connection, table: str) -> dict[str, list[list[Any]]]:
    """Everything that a table's reader or writer can notice.

    Returns:
        Rows: ``columns`` in their order (name, type, not null, default, comment), ``constraints`` (name,
        definition, comment), ``comment`` of the table, ``indexes`` (definition).
    """
    connection.execute("SET search_path = public")
    queries = {"columns": COLUMNS, "constraints": CONSTRAINTS, "comment": COMMENT, "indexes": INDEXES}
    return {
        key: [list(row) for row in connection.execute(query.encode(), (table,))] for key, query in queries.items()
    }
