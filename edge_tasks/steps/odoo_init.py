"""``inv odoo-init``: a database with the addon's device table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.plan import Plan

if TYPE_CHECKING:
    from edge_tasks.session import Session


def find(session: Session) -> Plan:
    """Is PostgreSQL there, with the table?"""
    where = str(session.runtime.database)
    if session.runtime.database_is_ready:
        return Plan((), where)
    return Plan((f"start PostgreSQL at {where}, with the device table",))


def apply(session: Session, _plan: Plan) -> str:
    """Start it, and create what is missing."""
    return session.runtime.prepare_database()
