"""Makes the step that puts a fleet back to how it was right after it was set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.cli.publishing import publish
from edge_tasks.cli.question import is_confirmed
from edge_tasks.errors import EdgesNotOnline, SettingsError
from edge_tasks.proof.verdict import DOWN
from edge_tasks.steps.reset import Reset
from edge_tasks.timedata.errors import HistoryError

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.timedata.protocol import History


def reset(session: Session) -> None:
    """``inv reset``; the steps that follow write the configs that edges have changed, and start what was ended.

    Raises:
        SettingsError: there is no fleet; with ``--history`` the backend stores none; pasts are to be kept; or the
            history can be reached only in a way that would lose it.
        EdgesNotOnline: the fleet is down.
        FleetError: as the step says.
    """
    session.require_fleet()
    if not session.runtime.services.running():
        raise EdgesNotOnline(DOWN[0], hint="inv up reset")
    if not _is_reached(session):
        session.begin()
        publish(session)
    made = _reset(session)
    if made.pasts:
        question = f"remove {made.pasts}, and what was sent since then?"
        if not is_confirmed(session, question, default=False):
            raise SettingsError(
                f"nothing was reset: it would remove {made.pasts}", hint="inv reset --yes removes them"
            )
    session.begin()
    _reset(session).run()


def _reset(session: Session) -> Reset:
    target, only_history = session.target, session.flag("history")
    return Reset(
        names=[edge.name for edge in target.fleet.edges],
        edges=None if only_history else session.runtime.edges,
        history=_history(session, is_needed=only_history),
        record=target.state.record,
        output=session.console,
    )


def _is_reached(session: Session) -> bool:
    """Whether the place that holds history can be reached from here, or there is none."""
    try:
        _history(session, is_needed=False)
    except HistoryError:
        return False
    return True


def _history(session: Session, *, is_needed: bool) -> History | None:
    """Where the backend stores history; None if it stores none that can be removed from here.

    Raises:
        SettingsError: it is needed, and there is none.
        HistoryError: it cannot be reached from here.
    """
    storage = session.runtime.storage
    try:
        return storage.history() if storage else None
    except SettingsError:
        if is_needed:
            raise
        return None
