"""``inv doctor``: whether machine and platform can run the fleet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import FleetError, MissingTool, SettingsError
from edge_tasks.plan import Plan, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.checkout.findings import Finding
    from edge_tasks.runtimes.protocols import Correction, Services

_EACH: Final = "do what each finding says"
"""Each finding says itself what to change or type."""


@dataclass(frozen=True)
class Doctor:
    """Examines; with ``--fix`` it corrects what can be corrected in our copies.

    Attributes:
        services: know the machine and the platform.
        correction: None where nothing can be corrected.
        is_asked: the task itself was typed, so that the JSON document has the findings.
    """

    services: Services
    correction: Correction | None
    is_asked: bool = False

    def find(self) -> Plan[Correction | None]:
        """Everything that is wrong; what is an error refuses the plan."""
        changes = self.correction.find() if self.correction else ()
        findings = self.services.examine()
        errors = [finding for finding in findings if finding.is_error]
        warnings = [finding for finding in findings if not finding.is_error]
        remarks = f", {counted(len(warnings), 'remark')}" if warnings else ""
        return Plan(
            changes,
            f"machine and platform are ready{remarks}",
            self.correction,
            remarks=tuple(map(str, warnings)),
            refusal=refusal_of(errors, with_copy=bool(changes)) if errors else None,
            found={"findings": [_entry(finding) for finding in findings]} if self.is_asked else {},
        )

    def apply(self, plan: Plan[Correction | None]) -> str:
        """Correct the backend's configuration in our copy."""
        if plan.details is not None:
            plan.details.write()
        return "the backend gets a corrected copy of its configuration"


def refusal_of(errors: Sequence[Finding], *, with_copy: bool) -> FleetError:
    """The error that ends the call.

    Args:
        errors: at least one.
        with_copy: our corrected copy is about to be written, and does not cure these.
    """
    of_machine = all(finding.kind == "machine" for finding in errors)
    lines = "\n".join(f"  {finding}" for finding in errors)
    whose = "machine" if of_machine else "platform"
    message = f"the {whose} cannot run this fleet: {counted(len(errors), 'finding')}\n{lines}"
    if of_machine:
        return MissingTool(message, hint="inv doctor shows them again")
    return SettingsError(message, hint=_remedy(errors, with_copy=with_copy))


def _remedy(errors: Sequence[Finding], *, with_copy: bool) -> str:
    if with_copy:
        return f"{_EACH}; after that, --fix corrects the rest, which is not listed here, in our copy"
    return f"inv doctor --fix, or {_EACH}" if any(error.fixes for error in errors) else _EACH


def _entry(finding: Finding) -> dict[str, object]:
    return {
        "fault": finding.fault.value,
        "what": finding.what,
        "where": finding.where,
        "change": finding.change,
        "error": finding.is_error,
        "kind": finding.kind,
    }
