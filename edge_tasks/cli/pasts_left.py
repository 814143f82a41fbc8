"""Pasts of edges that are no light edges of the fleet any more: people are asked once whether to remove them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from edge_tasks.cli.question import is_confirmed
from edge_tasks.errors import FleetError
from edge_tasks.fleet.groups import ranges_holding, shown
from edge_tasks.plan import counted
from edge_tasks.steps import step
from edge_tasks.steps.past_record import PastRecord, index_of, indices_of, ranges
from edge_tasks.steps.past_removal import PastRemoval

if TYPE_CHECKING:
    from collections.abc import Collection

    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.record import Record
    from edge_tasks.timedata.protocol import History


def indices_noted(record: Record) -> set[int]:
    """The indices of all edges of which a past is noted, wherever it is."""
    return {index for entry in record.entries().get("history", []) for index in indices_of(entry["edges"])}


def ask(session: Session) -> None:
    """Remove the pasts of edges that went if people want it; otherwise say, once, how they are removed.

    Raises:
        HistoryError: they cannot be removed.
    """
    record, storage = session.target.state.record, session.runtime.storage
    if storage is None or not record.entries().get("history"):
        return
    try:
        history = storage.history()
    except FleetError:  # where no history can be seen, nothing is said of it
        return
    past = PastRecord(record, history.describe())
    gone = past.read().keys() - session.runtime.edges.light_names
    if storage.outlives_edges:
        _offer(session, gone, history, past)
    elif gone:
        past.forget(gone, time.time_ns() // 1_000_000)


def _offer(session: Session, gone: Collection[str], history: History, past: PastRecord) -> None:
    indices, told = {index_of(name) for name in gone}, _told(past.record)
    if indices - told and _is_wanted(session, len(gone), past.place):
        step.run("backfill", lambda: PastRemoval(gone, history, past), session.console)
        indices = set()
    elif indices - told:
        session.console.line(_stays(indices, past.place))
    if indices != told:
        past.record.note(left=ranges(sorted(indices)))


def _is_wanted(session: Session, count: int, place: str) -> bool:
    question = f"{counted(count, 'edge')} left the fleet: remove their past from {place}?"
    return is_confirmed(session, question, default=False)


def _told(record: Record) -> set[int]:
    """The indices of the edges of which people know that their past stays."""
    return set(indices_of(record.entries().get("left", [])))


def _stays(indices: Collection[int], place: str) -> str:
    """A line for people: that the pasts of these edges stay, and what removes them."""
    edges = ",".join(map(shown, ranges_holding(sorted(indices))))
    return (
        f"the past of {counted(len(indices), 'edge')} that left the fleet stays in {place}"
        f" → inv backfill --remove --edge {edges}"
    )
