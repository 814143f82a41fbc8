"""``inv up``: the backend and the edges run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.light.devices.plant import unsimulated
from edge_tasks.plan import Plan
from edge_tasks.steps import register
from edge_tasks.steps.connecting import counted
from edge_tasks.steps.gen_configs import written

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.runtimes.plans import EdgesToStart, Written


@dataclass(frozen=True)
class _ToStart:
    backend: Plan[tuple[str, ...]]
    edges: Plan[EdgesToStart]


def find(session: Session) -> Plan[_ToStart]:
    """What does not run, or runs with something else than it should."""
    runtime = session.runtime
    backend, edges = runtime.backend.find(), runtime.edges.find(_written(session))
    changes = [*backend.changes, *edges.changes]
    if session.state.record().get("up") != session.up_mark:
        changes.append("record that the fleet is up")
    return Plan(tuple(changes), f"backend and {len(session.edges)} edges run", _ToStart(backend, edges))


def apply(session: Session, plan: Plan[_ToStart]) -> str:
    """Start or tell each; the backend first, so that no edge waits for it."""
    runtime, edges = session.runtime, plan.details.edges
    did = []
    if plan.details.backend.changes:
        register.remember_read(session, starting=True)
        with session.console.listening("up"):
            runtime.backend.start(plan.details.backend)
        register.remember_read(session)
        did.append("backend started")
        edges = runtime.edges.find(_written(session))  # by that they may have lost it
    if edges.changes:
        with counted(session, "up"):
            did.append(runtime.edges.start(edges))
        _say_what_stands_still(session)
    session.state.note(up=session.up_mark)
    return ", ".join(did) or "noted as up"


def _say_what_stands_still(session: Session) -> None:
    """Components that act on a real edge, but do nothing on light ones."""
    idle = unsimulated(session.template.components)
    if idle and session.light_names:
        session.console.line(f"  light edges have, but do not simulate: {', '.join(idle)}")


def _written(session: Session) -> dict[str, Written]:
    folder = session.platform.edges_folder
    return {edge.name: written(folder / edge.directory) for edge in session.fleet.edges_with_directory}
