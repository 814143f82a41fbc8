"""``inv odoo-init``: a database with the addon's device table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.plan import Plan

if TYPE_CHECKING:
    from edge_tasks.session import Session


def find(session: Session) -> Plan:
    """Is PostgreSQL there, with the table?"""
    return Plan(session.runtime.find_database(), str(session.runtime.database))


def apply(session: Session, _plan: Plan) -> str:
    """Start it, and create what is missing."""
    return session.runtime.prepare_database()
