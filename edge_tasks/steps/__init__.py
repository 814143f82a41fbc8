"""One module a step: ``find`` looks and plans, ``apply`` does it.

:func:`run` is the frame around each: look, do what differs, look again.
"""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.plan import Plan

ORDER: Final = ("doctor", "build", "compose", "odoo-init", "gen-configs", "register", "up")


class Step(Protocol):
    """What a step's module has."""

    def find(self, session: Session) -> Plan[Any]:
        """Look, and say what differs; changes nothing."""

    def apply(self, session: Session, plan: Plan[Any]) -> str:
        """Do what was planned; what was done, in a few words."""


def named(name: str) -> Step:
    """The module of a step."""
    return cast("Step", import_module(f"edge_tasks.steps.{name.replace('-', '_')}"))


def run(session: Session, name: str) -> None:
    """Look, do what differs, look again, and print a line.

    Raises:
        CommandFailed: something still differs afterwards.
        FleetError: as the step says.
    """
    session.begin()
    if session.judges_only:
        return
    started = time.monotonic()
    step = named(name)
    plan = step.find(session)
    did = step.apply(session, plan) if plan.changes else f"nothing to do: {plan.unchanged}"
    session.done.add(name)
    if plan.changes and (again := step.find(session)).changes:
        raise CommandFailed(
            f"{name}: still to do: {again.changes[0]}", hint="run it again; is someone else at it?"
        )
    session.console.step(name, did, time.monotonic() - started, changed=bool(plan.changes))
