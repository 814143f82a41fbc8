"""``inv up``: the backend and the edges run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.light.devices import DEVICES
from edge_tasks.plan import Plan
from edge_tasks.steps import register
from edge_tasks.steps.connecting import counted
from edge_tasks.steps.gen_configs import written

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.runtimes.protocols import Written


def find(session: Session) -> Plan:
    """What does not run, or runs with something else than it should."""
    runtime = session.runtime
    changes = [] if runtime.backend_is_current() else ["start the backend"]
    changes += runtime.find_edges(_written(session))
    if session.state.record().get("up") != session.up_mark:
        changes.append("record that the fleet is up")
    return Plan(tuple(changes), f"backend and {len(session.edges)} edges run")


def apply(session: Session, _plan: Plan) -> str:
    """Start or tell each; the backend first, so that no edge waits for it."""
    runtime = session.runtime
    did = []
    if not runtime.backend_is_current():
        register.remember_read(session, starting=True)
        with session.console.listening("up"):
            runtime.start_backend()
        register.remember_read(session)
        did.append("backend started")
    directories = _written(session)
    if runtime.find_edges(directories):
        with counted(session, "up"):
            did.append(runtime.start_edges(directories))
        _say_what_stands_still(session)
    session.state.note(up=session.up_mark)
    return ", ".join(did) or "noted as up"


def _say_what_stands_still(session: Session) -> None:
    """Components that act on a real edge, but do nothing on light ones."""
    idle = DEVICES.unsimulated(session.template.components)
    if idle and session.light_names:
        session.console.line(f"  light edges have, but do not simulate: {', '.join(idle)}")


def _written(session: Session) -> dict[str, Written]:
    folder = session.platform.edges_folder
    return {edge.name: written(folder / edge.directory) for edge in session.fleet.edges_with_directory}
