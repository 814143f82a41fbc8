"""``inv status``: every edge as the backend sees it, once or again and again; it changes nothing."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from edge_tasks.cli.selection import selected
from edge_tasks.cli.session import Session
from edge_tasks.errors import EdgesNotOnline, FleetError, SettingsError
from edge_tasks.proof.verdict import DOWN, Condition, Verdict
from edge_tasks.steps.edge_table import print_table, record
from edge_tasks.steps.verify import look, say_what_lacks

if TYPE_CHECKING:
    from collections.abc import Sequence

_EVERY_S: Final = 2.0
_MOST_REASONS: Final = 24


def run(session: Session) -> None:
    """Ask once; with ``--watch`` every two seconds until Ctrl-C.

    Raises:
        SettingsError: there is no fleet, or no such edge, or ``--watch`` with ``--json``.
        EdgesNotOnline: with ``--check``, an edge is not well.
    """
    if not session.options.get("watch"):
        _once(session)
        return
    if session.options.get("json"):
        raise SettingsError(
            "--watch and --json go not together", hint="--json is one document; repeat it yourself"
        )
    with suppress(KeyboardInterrupt):
        while True:
            session.console.redraw()
            try:
                _once(session)
            except FleetError as error:
                session.console.fault(f"{error.message} → {error.hint}")
            session.console.line(f"{time.strftime('%H:%M:%S')}, again in {_EVERY_S:.0f} s; Ctrl-C ends it")
            time.sleep(_EVERY_S)
            session = Session(
                session.options, session.typed, session.configured, session.invocation
            )  # of a fleet that may have grown


def _once(session: Session) -> None:
    if session.saved is None:
        raise SettingsError(f"there is no fleet in {session.platform.path}", hint="inv setup --edges 3")
    names = _names(session)
    running = ", ".join(session.runtime.running()) or "nothing"
    session.console.line(f"{session.fleet.size} edges in {session.platform.path}; running: {running}")
    if not session.runtime.database_is_ready:
        session.console.fault(" → ".join(DOWN))
        record(session, [Verdict(name, Condition.UNKNOWN, *DOWN) for name in names])
        _check(session, len(names), len(names))
        return
    _show(session, look(session, names))


def _names(session: Session) -> list[str]:
    chosen = session.options.get("edge")
    indices = selected(str(chosen), session.fleet.size) if chosen else range(session.fleet.size)
    return [session.edges[index].name for index in indices]


def _show(session: Session, verdicts: Sequence[Verdict]) -> None:
    ill = [verdict for verdict in verdicts if not verdict.is_well]
    if session.options.get("offline"):
        session.console.line(f"{len(verdicts) - len(ill)} are online, {len(ill)} not")
    print_table(session, ill if session.options.get("offline") else verdicts)
    say_what_lacks(session)
    for verdict in ill[:_MOST_REASONS]:
        session.console.fault(f"{verdict.name}: {verdict.why} → {verdict.hint}")
    _check(session, len(ill), len(verdicts))


def _check(session: Session, ill: int, asked: int) -> None:
    if ill and session.options.get("check"):
        raise EdgesNotOnline(f"{ill} of {asked} edges are not well", hint="inv up, or what is said of each edge")
