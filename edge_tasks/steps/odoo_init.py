"""``inv odoo-init``: a database with the addon's device table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.plan import Plan
    from edge_tasks.runtimes.plans import DatabaseToPrepare


_LOADING: Final = re.compile(r"Loading module \S+ \(([0-9]+)/([0-9]+)\)")


def find(session: Session) -> Plan[DatabaseToPrepare]:
    """Is PostgreSQL there, with the table?"""
    return session.runtime.database.find()


def apply(session: Session, plan: Plan[DatabaseToPrepare]) -> str:
    """Start it, and create what is missing."""
    with session.console.listening("odoo-init", modules_loaded):
        return session.runtime.database.prepare(plan)


def modules_loaded(line: str) -> tuple[int, int] | None:
    """What Odoo says of its modules: ``… odoo.modules.loading: Loading module base (1/17)``."""
    found = _LOADING.search(line)
    return (int(found[1]), int(found[2])) if found else None
