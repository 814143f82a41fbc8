"""The frame around each step: look, do what was planned, look again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge_tasks.output import Output
    from edge_tasks.plan import Plan

T = TypeVar("T")


class Step(Protocol, Generic[T]):
    """What each step is."""

    def find(self) -> Plan[T]:
        """Look, and say what differs; changes nothing.

        Raises:
            FleetError: it cannot be looked at.
        """

    def apply(self, plan: Plan[T]) -> str:
        """Do what was planned, without looking again; what was done, in a few words.

        Raises:
            FleetError: it cannot be done.
        """


def run(name: str, make: Callable[[], Step[T]], output: Output, *, only_changes: bool = False) -> bool:
    """Look, do what differs, look again, and print a line; whether anything differed.

    Args:
        name: as the task is typed.
        make: the step, as it is before and after.
        output: where remarks and the line go.
        only_changes: there is no line when there was nothing to do.

    Raises:
        CommandFailed: something still differs afterwards.
        FleetError: as the step says.
    """
    started = time.monotonic()
    step = make()
    plan = looked(step, output)
    did = step.apply(plan) if plan.changes else f"nothing to do: {plan.unchanged}"
    if plan.changes and (again := make().find()).changes:
        raise CommandFailed(
            f"{name}: still to do: {again.changes[0]}", hint="run it again; maybe another program is changing it"
        )
    changed = bool(plan.changes)
    output.step(name, did, time.monotonic() - started, changed=changed, is_shown=changed or not only_changes)
    return changed


def looked(step: Step[T], output: Output) -> Plan[T]:
    """What a step found, its remarks printed.

    Raises:
        FleetError: nothing of it can be done.
    """
    plan = step.find()
    output.document(**plan.found)
    if plan.refusal is not None:
        raise plan.refusal
    for remark in plan.remarks:
        output.line(f"  ! {remark}")
    return plan
