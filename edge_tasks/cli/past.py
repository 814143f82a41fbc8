"""Makes the step that writes the past of light edges."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.adapters import machine
from edge_tasks.cli.history_options import EVERY, ZONE
from edge_tasks.cli.incidents import incidents_by_edge, incidents_wanted, remarks_of
from edge_tasks.cli.judging import required
from edge_tasks.cli.past_way import sender_of
from edge_tasks.cli.pasts_left import indices_noted
from edge_tasks.cli.publishing import publish
from edge_tasks.cli.question import is_confirmed
from edge_tasks.cli.selection import edges_meant, selected
from edge_tasks.errors import SettingsError
from edge_tasks.history import dates
from edge_tasks.history.past_incidents import PastIncidents
from edge_tasks.history.pasts import OPEN
from edge_tasks.plan import some
from edge_tasks.runtimes import NAMES
from edge_tasks.steps import step
from edge_tasks.steps.backfill import Asked, Backfill
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.past_removal import PastRemoval
from edge_tasks.steps.past_writer import PastWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.checkout.blueprints import DescribedEdge
    from edge_tasks.cli.session import Session
    from edge_tasks.cli.target import Target
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.runtimes.protocols import LightEdgesHost
    from edge_tasks.steps.past_sender import PastSender
    from edge_tasks.timedata.protocol import History


def backfill(session: Session) -> None:
    """``inv backfill``.

    Raises:
        SettingsError: there is no fleet, no such edge, an option is wrong, or something is in the way.
        FleetError: as the step says.
    """
    session.require_fleet()
    if session.flag("remove"):
        chosen = _with_former(session)
        session.begin()
        if session.target.state.record.entries().get("history"):
            publish(session)
        _remove(session, chosen)
        return
    asked = _asked(session)
    require_saved_size(session.target)
    session.begin()
    order = _order(session, asked)
    publish(session)
    step.run("backfill", lambda: _backfill(session, order), session.console)


def require_saved_size(target: Target) -> None:
    """Refuse to grow or shrink the fleet: that is done by the steps that bring edges up.

    Raises:
        SettingsError: the fleet that is wanted has other edges than the saved one.
    """
    if target.saved is None:
        return
    before, wanted = target.saved.fleet, target.fleet
    for name, had, has in (("edges", before.full, wanted.full), ("light_edges", before.light, wanted.light)):
        if had != has:
            origin = target.choices.chosen(name).origin
            raise SettingsError(
                f"the fleet has {had:,} {name.replace('_', ' ')}, and {origin} says {has:,}",
                hint="inv up changes the fleet; then the same command again",
            )


@dataclass(frozen=True)
class _Order:
    """What is to be written, as far as that is known before the history is asked for."""

    asked: Asked
    edges: Mapping[str, DescribedEdge]
    left_out: Sequence[str]
    incidents: Mapping[str, tuple[Incident, ...]]
    remarks: Sequence[str]
    sender: PastSender | None


def _order(session: Session, asked: Asked) -> _Order:
    """Read what people want.

    Raises:
        SettingsError: some of it cannot be.
    """
    light, others = _edges(session)
    edges = {edge.name: edge for edge in session.target.blueprints.described(light)}
    now = time.time_ns() // 1_000_000
    past = PastIncidents(asked.begin, min(asked.until, now), now, asked.zone)
    wanted = incidents_wanted(session, past)
    return _Order(
        asked,
        edges,
        [edge.name for edge in others],
        incidents_by_edge(wanted, list(edges.values()), past),
        remarks_of(wanted, past),
        sender_of(session, light, asked.every),
    )


def _backfill(session: Session, order: _Order) -> Backfill:
    target, runtime, output = session.target, session.runtime, session.console
    history, host = history_of(session), host_of(session)
    record = PastRecord(target.state.record, history.describe())

    def start() -> None:
        written = target.directories.written(target.fleet.edges_with_directory)
        runtime.edges.start(runtime.edges.find(written))

    return Backfill(
        asked=order.asked,
        edges=order.edges,
        left_out=order.left_out,
        incidents=order.incidents,
        host=host,
        start=start,
        writer=PastWriter(history, record, host.memory_file, machine.cores(), output, order.sender),
        output=output,
        remarks=order.remarks,
    )


def _with_former(session: Session) -> set[str] | None:
    """The names that ``--edge`` means, also of edges that the fleet has no more; None if it was not typed.

    Raises:
        SettingsError: it does not parse, or there never was such an edge with a past.
    """
    typed, target = session.options.get("edge"), session.target
    size = max(target.fleet.size, 1 + max(indices_noted(target.state.record), default=0))
    return {f"edge{index}" for index in selected(str(typed), size)} if typed else None


def _remove(session: Session, chosen: set[str] | None) -> None:
    removal = _removal(session, chosen)
    change = ", ".join(removal.find().changes)
    question = f"{change}, and what was sent since then, from {removal.history.describe()}?"
    if change and not is_confirmed(session, question, default=True):
        session.console.line("nothing was removed")
        return
    step.run("backfill", lambda: removal, session.console)


def _removal(session: Session, chosen: set[str] | None) -> PastRemoval:
    history = history_of(session)
    return PastRemoval(chosen, history, PastRecord(session.target.state.record, history.describe()))


def _asked(session: Session) -> Asked:
    typed = {name: str(session.options.get(name) or "") for name in ("from", "to", "every", "zone")}
    required(typed, "from", "inv backfill --from 2025-11-01")
    zone = dates.zone_named(typed["zone"] or ZONE)
    now = time.time_ns() // 1_000_000
    span = dates.span_named(typed["from"], typed["to"] or dates.NOW, zone, now)
    until = OPEN if span.end == now else span.end
    every = dates.every_ms(typed["every"] or EVERY)
    return Asked(span.begin, until, every, zone, session.flag("adopt"), typed["zone"])


def _edges(session: Session) -> tuple[list[Edge], list[Edge]]:
    """The light edges that are meant, and the others of the fleet.

    Raises:
        SettingsError: another was named, or there is no light edge.
    """
    is_chosen = bool(session.options.get("edge"))
    edges = edges_meant(session)
    light = session.runtime.edges.light_names
    chosen = [edge for edge in edges if edge.name in light]
    others = [edge for edge in edges if edge.name not in light]
    if not chosen or (others and is_chosen):
        names = some(tuple(edge.name for edge in others))
        raise SettingsError(
            f"{names} can have no past: real edges count by themselves, and their counters would fall",
            hint="inv setup --light-edges 10 adds edges that can have a past",
        )
    return chosen, others


def history_of(session: Session) -> History:
    """Where the backend stores history.

    Raises:
        SettingsError: it stores none.
    """
    runtime = session.runtime
    if runtime.storage is None:
        others = ", ".join(name for name in NAMES if name != runtime.name)
        raise SettingsError(
            f"the backend of the {runtime.name} runtime stores no history", hint=f"another --runtime: {others}"
        )
    return runtime.storage.history()


def host_of(session: Session) -> LightEdgesHost:
    """What runs the light edges.

    Raises:
        SettingsError: nothing does.
    """
    runtime = session.runtime
    if runtime.light_host is None:
        raise SettingsError(f"the {runtime.name} runtime has no light edges", hint="inv setup --light-edges 10")
    return runtime.light_host()
