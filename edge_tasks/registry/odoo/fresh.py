"""A freshly initialised Odoo as its database shows it: what a copy must take along, and what it must not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters import postgresql
from edge_tasks.registry.odoo.server import connected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg

    from edge_tasks.registry.odoo.server import Database

_RENEW: Final = """
DO $$ BEGIN IF to_regclass('public.ir_config_parameter') IS NOT NULL THEN
  UPDATE ir_config_parameter SET value = gen_random_uuid()::text
  WHERE key IN ('database.secret', 'database.uuid');
END IF; END $$
"""
_HAS_FILES: Final = (
    "SELECT 1 FROM information_schema.columns WHERE table_name = 'ir_attachment' AND column_name = 'store_fname'"
)
_NAMES_OF_FILES: Final = "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"
_OTHERS: Final = (
    "SELECT rolname FROM pg_authid WHERE rolcanlogin AND rolpassword IS NOT NULL AND rolname <> current_user"
)
_DATABASES: Final = (
    "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> current_database()"
)
_A_TABLE: Final = "SELECT 1 FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p') LIMIT 1"
"""Objects that PostgreSQL has by itself have lower numbers."""
_ADMIN: Final = "SELECT coalesce(password, '') FROM res_users WHERE id = 2"


@dataclass(frozen=True)
class FreshOdoo:
    """What is seen of it.

    Attributes:
        server: PostgreSQL's major version.
        files: that the database speaks of, by their paths in the filestore.
        admin: a digest of how it keeps its admin's password.
        others: roles beside ours that may log in with a password.
        databases: others on the server that have tables.
    """

    server: str
    files: tuple[str, ...]
    admin: str
    others: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()


def look_at(database: Database) -> FreshOdoo:
    """Ask the database.

    Raises:
        RegistrationError: it cannot be asked.
    """
    with connected(database) as connection:
        has_files = connection.execute(_HAS_FILES).fetchone() is not None
        files = connection.execute(_NAMES_OF_FILES).fetchall() if has_files else []
        version = str(connection.info.server_version // 10_000)
        others = _names(connection.execute(_OTHERS).fetchall())
        admin = _admin(connection)
        names = _names(connection.execute(_DATABASES).fetchall())
    used = tuple(name for name in names if _has_tables(replace(database, name=name)))
    return FreshOdoo(version, _names(files), admin, others, used)


def draw_again(database: Database) -> None:
    """Have the database draw again what Odoo draws by lot for each: the secret that signs its sessions.

    Raises:
        RegistrationError: it cannot be asked.
    """
    with connected(database) as connection:
        connection.execute(_RENEW)


def take_over(copied: Database, ours: Database, admin: str) -> bool:
    """Make a copy ours: secrets of its own, and our password; False, and nothing is done, if its admin differs.

    Args:
        copied: as the copy lets us in.
        ours: with the password that the server is to have.
        admin: of the Odoo that was copied, see :class:`FreshOdoo`.

    Raises:
        RegistrationError: it cannot be asked.
    """
    with connected(copied) as connection:
        if _admin(connection) != admin:
            return False
        connection.execute(_RENEW)
        postgresql.set_password(connection, ours.user, ours.password)
    return True


def _has_tables(database: Database) -> bool:
    with connected(database) as connection:
        return connection.execute(_A_TABLE).fetchone() is not None


def _names(rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(name for (name,) in rows)


def _admin(connection: psycopg.Connection[Any]) -> str:
    found = connection.execute(_ADMIN).fetchone()
    return hashlib.sha256(str(found and found[0]).encode()).hexdigest()
