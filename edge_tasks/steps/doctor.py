"""``inv doctor``: is the machine, and the platform, fit for the fleet?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.errors import MissingTool, SettingsError
from edge_tasks.plan import Plan

if TYPE_CHECKING:
    from edge_tasks.checkout.findings import Finding
    from edge_tasks.cli.session import Session


def find(session: Session) -> Plan[None]:
    """Everything that is wrong, in one message.

    Raises:
        SettingsError: something in the platform's files.
        MissingTool: only the machine: memory, disk, ports.
    """
    correction = session.runtime.correction.find() if session.runtime.correction is not None else ()
    findings = session.runtime.services.examine()
    errors = [finding for finding in findings if finding.is_error]
    warnings = [finding for finding in findings if not finding.is_error]
    if "doctor" in session.typed and "doctor" not in session.done:
        session.console.document(findings=[_entry(finding) for finding in findings])
    if errors:
        _refuse(errors, with_copy=bool(correction))
    if "doctor" not in session.done:
        for finding in warnings:
            session.console.line(f"  ! {finding}")
    remarks = f", {len(warnings)} remarks" if warnings else ""
    return Plan(correction, f"machine and platform are fit{remarks}", None)


def apply(session: Session, _plan: Plan[None]) -> str:
    """With ``--fix``: correct what can be in copies and generated files of ours."""
    if session.runtime.correction is not None:
        session.runtime.correction.write()
    return "the backend gets a corrected copy of its configuration"


def _refuse(errors: list[Finding], *, with_copy: bool) -> None:
    lines = "\n".join(f"  {finding}" for finding in errors)
    whose = "machine" if all(finding.kind == "machine" for finding in errors) else "platform"
    noun = "finding" if len(errors) == 1 else "findings"
    message = f"the {whose} is not fit for the fleet: {len(errors)} {noun}\n{lines}"
    if all(finding.kind == "machine" for finding in errors):
        raise MissingTool(message, hint="inv doctor shows them again")
    raise SettingsError(message, hint=_remedy(errors, with_copy=with_copy))


def _remedy(errors: list[Finding], *, with_copy: bool) -> str:
    if with_copy:
        return "change the files; --fix then corrects the rest, not listed here, in a copy of ours"
    return "inv doctor --fix, or change the files" if any(error.fixes for error in errors) else "change the files"


def _entry(finding: Finding) -> dict[str, object]:
    return {
        "what": finding.what,
        "where": finding.where,
        "change": finding.change,
        "error": finding.is_error,
        "kind": finding.kind,
    }
