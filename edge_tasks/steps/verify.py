"""``inv verify``: every edge is online with all it should show, which is asked of the backend."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters.processes import until
from edge_tasks.errors import BackendError, EdgesNotOnline, OdooError
from edge_tasks.proof.protocol import EdgeProcess
from edge_tasks.proof.verdict import Observation, Verdict, expect, judge
from edge_tasks.steps.edge_table import SHOWN, print_table
from edge_tasks.steps.register import edges_unread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.cli.console import Told
    from edge_tasks.cli.session import Session
    from edge_tasks.registry.protocol import DeviceReport

_PAUSE_S: Final = 0.2
_MOST_PAUSE_S: Final = 2.0
"""Between two looks as long as the last one took: on a busy machine asking is part of what makes it busy."""
_MANY: Final = 200


def run(session: Session) -> None:
    """Ask until all are well or the time is over.

    Raises:
        EdgesNotOnline: each that is not well, with its own reason and hint.
    """
    session.begin()
    started = time.monotonic()
    deadline = started + session.chosen("timeout")
    with session.console.progress("verify", len(session.edges), "online") as told:
        verdicts = _await_all(session, deadline, told)
    print_table(session, tuple(verdicts.values()))
    say_what_lacks(session)
    _raise_for(tuple(verdict for verdict in verdicts.values() if not verdict.is_well), len(verdicts))
    seconds = time.monotonic() - started
    did = f"{len(verdicts)} online, says {session.runtime.backend.status.says}"
    session.console.step("verify", did, seconds, changed=True)


def _await_all(session: Session, deadline: float, told: Told) -> dict[str, Verdict]:
    """The last verdict of each edge: all are well, or the time is over, or waiting cannot help."""
    asked = time.monotonic()
    verdicts = {verdict.name: verdict for verdict in look(session)}
    took_s = time.monotonic() - asked
    while ill := [name for name, verdict in verdicts.items() if not verdict.is_well]:
        told(len(verdicts) - len(ill))
        if session.judges_only and not any(verdicts[name].may_change for name in ill):
            break
        if not until(deadline, min(max(took_s, _PAUSE_S), _MOST_PAUSE_S)):
            break
        asked = time.monotonic()
        verdicts |= {verdict.name: verdict for verdict in look(session, _come(session, ill))}
        took_s = time.monotonic() - asked
    if len(ill) > _MANY:  # those that never came were not looked at again
        verdicts |= {verdict.name: verdict for verdict in look(session, ill)}
    return verdicts


def say_what_lacks(session: Session) -> None:
    """What could not be asked, since the backend has no REST API."""
    if session.runtime.backend.status.remark:
        session.console.line(f"  ! {session.runtime.backend.status.remark}")


def _come(session: Session, ill: list[str]) -> list[str]:
    """Of many, those that the backend says are online by now: for the others a full look would be wasted."""
    if len(ill) <= _MANY:
        return ill
    try:
        online = session.runtime.backend.status.online(ill)
    except BackendError:
        return ill
    return [name for name in ill if online.get(name)]


def look(
    session: Session, names: Sequence[str] | None = None, channels: Sequence[str] = SHOWN
) -> tuple[Verdict, ...]:
    """Ask once of each edge, also for the values of ``channels``, and judge."""
    shape, light = session.load_shape, session.light_names
    constant = expect(session.template.components)
    shaped = expect(session.template.components, shape.profile) if shape else constant
    if session.runtime.backend.status.is_late:
        constant, shaped = replace(constant, figures={}), replace(shaped, figures={})
    wanted = [edge.name for edge in session.edges] if names is None else list(names)
    answers = _ask(session, wanted, [*constant.figures, *channels])
    return tuple(judge(_observation(name, answers), shaped if name in light else constant) for name in wanted)


@dataclass
class _Answers:
    processes: dict[str, EdgeProcess]
    backend_started: float
    is_late: bool
    unread: frozenset[str] = frozenset()
    why: str = ""
    hint: str = "inv up"
    visible: frozenset[str] | None = None
    online: dict[str, bool] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    reports: dict[str, DeviceReport] = field(default_factory=dict)


def _ask(session: Session, names: list[str], channels: list[str]) -> _Answers:
    runtime = session.runtime
    unread = frozenset(edges_unread(session))
    status, registry = runtime.backend.status, runtime.database.registry
    answers = _Answers(runtime.edges.processes(), runtime.backend.started(), status.is_late, unread)
    try:
        answers.online = status.online(names)
        answers.values = status.values(list(answers.online), channels)
        answers.reports = registry.reports(names)
        answers.visible = registry.visible(names)
    except BackendError as error:
        answers.why, answers.hint = str(error), error.hint
    except OdooError as error:
        answers.why = str(error)
    return answers


def _observation(name: str, answers: _Answers) -> Observation:
    process = answers.processes.get(name) or EdgeProcess(running=False)
    report, online = answers.reports.get(name), answers.online.get(name)
    components = report.components if report and online else None
    return Observation(
        name=name,
        running=process.running,
        running_why=process.why,
        online=online,
        backend_why=answers.why,
        backend_hint=answers.hint,
        components=components,
        ignored=process.ignored,
        values=answers.values.get(name, {}),
        registered=report is not None,
        active=report.is_active if report else None,
        visible=None if answers.visible is None else name in answers.visible,
        key_is_own=report is None or report.key_is_own,
        read=name not in answers.unread,
        message_age_s=report.message_age_s if report else None,
        settled_s=time.time() - max(process.since, answers.backend_started),
        is_late=answers.is_late,
    )


def _raise_for(ill: tuple[Verdict, ...], count: int) -> None:
    if ill:
        lines = [f"{v.name} is {v.condition.value}: {v.why} → {v.hint}" for v in ill[:20]]
        lines += [f"and {len(ill) - 20} more"] if len(ill) > 20 else []  # noqa: PLR2004 - as many as listed
        raise EdgesNotOnline("\n".join((f"{len(ill)} of {count} edges are not well", *lines)))
