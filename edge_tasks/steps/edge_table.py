"""What people read at the end: the table of edges, the addresses, what to type next; and ``inv plan``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from edge_tasks.cli.console import INDENT
from edge_tasks.steps import ORDER, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.proof.verdict import Verdict

_TITLES: Final = ("edge", "state", "ports (docker)", "grid W", "PV W", "consumption W", "battery %")
SHOWN: Final = (
    "_sum/GridActivePower",
    "_sum/ProductionActivePower",
    "_sum/ConsumptionActivePower",
    "_sum/EssSoc",
)
_MOST_ROWS: Final = 24


def print_table(session: Session, verdicts: Sequence[Verdict]) -> None:
    """The edges: all of a small fleet, of a large one the ill ones first and a count of the rest."""
    edges = {edge.name: edge for edge in session.edges}
    by_need = sorted(verdicts, key=lambda verdict: verdict.is_well) if len(verdicts) > _MOST_ROWS else verdicts
    shown = by_need[:_MOST_ROWS]
    if shown:
        session.console.table(_TITLES, [_row(edges[verdict.name], verdict) for verdict in shown])
    rest = by_need[_MOST_ROWS:]
    if rest:
        online = sum(verdict.is_well for verdict in rest)
        session.console.line(f"and {len(rest)} more: {online} online, {len(rest) - online} not")
    record(session, verdicts)


def record(session: Session, verdicts: Sequence[Verdict]) -> None:
    """The edges, all of them, for the JSON document."""
    edges = {edge.name: edge for edge in session.edges}
    session.console.document(edges=[_entry(edges[verdict.name], verdict) for verdict in verdicts])


def print_next(session: Session) -> None:
    """Addresses, and what to type next."""
    line = session.console.line
    line("")
    for word, where in session.runtime.services.addresses():
        line(f"{word:<9} {where}", 10)
    line(f"next      inv status | inv setup --edges {session.fleet.full + 2} | inv down | inv down --purge")


def plan(session: Session) -> bool:
    """Print what each step would do; whether there is anything."""
    changes: dict[str, tuple[str, ...]] = {}
    ready = session.saved is not None and session.runtime.database.is_ready
    if session.platform.is_missing:
        changes["platform"] = (f"lay out the bundled platform in {session.platform.path}",)
    if session.saved != session.wanted:
        changes["fleet"] = (f"save a fleet of {session.fleet.size} edges",)
    for name in ORDER:
        if name == "register" and not ready:
            changes[name] = (f"register {session.fleet.size} edges (the table is not there to be asked)",)
        else:
            changes[name] = named(name).find(session).changes
    for name, lines in changes.items():
        for line in lines or ("nothing to do",):
            session.console.line(f"{'~' if lines else '='} {name:<12} {line}", INDENT)
    session.console.document(changes={name: list(lines) for name, lines in changes.items()})
    return any(changes.values())


def _row(edge: Edge, verdict: Verdict) -> tuple[str, ...]:
    ports = f"{edge.ports.console}, {edge.ports.websocket}" if edge.ports else "none"
    figures = ("-" if (value := verdict.values.get(channel)) is None else str(value) for channel in SHOWN)
    return (edge.name, verdict.condition.value, ports, *figures)


def _entry(edge: Edge, verdict: Verdict) -> dict[str, Any]:
    ports = {"console": edge.ports.console, "websocket": edge.ports.websocket} if edge.ports else None
    return {
        "name": edge.name,
        "state": verdict.condition.value,
        "why": verdict.why,
        "hint": verdict.hint,
        "ports": ports,
        "values": dict(verdict.values),
    }
