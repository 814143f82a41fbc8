"""``inv build``: what the runtime needs is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.plan import Plan

if TYPE_CHECKING:
    from edge_tasks.session import Session


def find(session: Session) -> Plan:
    """Nothing is built in the embedded runtime; its ports must be free.

    Raises:
        MissingTool: a port is taken.
    """
    session.runtime.check()
    return Plan((), "PostgreSQL comes from its wheel, backend and edges are stand-ins of our own")


def apply(_session: Session, _plan: Plan) -> str:
    """Never called: there is never a change."""
    return ""
