"""``inv up``: the backend and the edges run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.plan import Plan
from edge_tasks.steps import register
from edge_tasks.steps.gen_configs import written

if TYPE_CHECKING:
    from edge_tasks.session import Session


def find(session: Session) -> Plan:
    """What does not run, or runs with something else than it should."""
    changes = []
    if not session.runtime.backend_is_current():
        changes.append("start the backend (a stand-in)")
    if not session.runtime.light_is_current(_fleet_file(session)):
        running = session.runtime.light.find() is not None
        changes.append(f"{'tell' if running else 'start'} the light host its {len(session.edges)} edges")
    if session.state.record().get("up") != session.up_mark:
        changes.append("record that the fleet is up")
    return Plan(tuple(changes), f"backend and {len(session.edges)} light edges run")


def apply(session: Session, _plan: Plan) -> str:
    """Start or tell each; the backend first, so that no edge waits for it."""
    runtime = session.runtime
    did = []
    if not runtime.backend_is_current():
        register.remember_read(session, starting=True)
        runtime.start_backend()
        register.remember_read(session)
        did.append("backend started")
    fleet_file = _fleet_file(session)
    if not runtime.light_is_current(fleet_file):
        runtime.start_light(fleet_file)
        did.append(f"light host has {len(session.edges)} edges")
    session.state.note(up=session.up_mark)
    return ", ".join(did) or "noted as up"


def _fleet_file(session: Session) -> str:
    folder = session.platform.edges_folder
    digests = {edge.name: written(folder / edge.directory) for edge in session.edges}
    return session.runtime.fleet_file(digests, folder)
