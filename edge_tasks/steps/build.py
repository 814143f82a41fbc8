"""``inv build``: what the runtime needs is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.plan import Plan


def find(session: Session) -> Plan:
    """What the runtime needs.

    Raises:
        MissingTool: something that we cannot make is missing; a port is taken.
    """
    return session.runtime.find_build()


def apply(session: Session, _plan: Plan) -> str:
    """Build it."""
    with session.console.listening("build"):
        return session.runtime.build()
