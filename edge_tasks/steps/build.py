"""``inv build``: what the runtime needs is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.plan import Plan
from edge_tasks.runtimes.plans import ImagesToMake

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session


def find(session: Session) -> Plan[ImagesToMake]:
    """What the runtime needs.

    Raises:
        MissingTool: something that we cannot make is missing; a port is taken.
    """
    images = session.runtime.images
    if images is None:
        return Plan((), f"nothing is built: {session.runtime.stands_for}", ImagesToMake())
    return images.find()


def apply(session: Session, plan: Plan[ImagesToMake]) -> str:
    """Build it."""
    images = session.runtime.images
    with session.console.listening("build"):
        return images.make(plan) if images is not None else ""
