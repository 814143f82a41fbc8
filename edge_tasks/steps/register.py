"""``inv register``: a row of the device table for each edge, and a backend that has read them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from edge_tasks.plan import Plan, some
from edge_tasks.registry.protocol import unread

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.registry.protocol import Registration


def find(session: Session) -> Plan[Registration[Any]]:
    """Compare the rows with the fleet.

    Raises:
        RegistrationError: the table cannot be read, or has foreign rows in the way.
    """
    planned = session.runtime.database.registry.find(adopt=bool(session.options.get("adopt")))
    changes = () if planned.is_empty else (str(planned),)
    not_read = _unread_after(session, planned)
    if not_read:
        changes = (*changes, f"the backend must read {some(not_read)}: all edges reconnect")
    return Plan(changes, f"{planned.kept} kept, {planned.reserved} in reserve", planned)


def apply(session: Session, plan: Plan[Registration[Any]]) -> str:
    """Write the rows; make the backend read again when one comes into use that it has not read."""
    planned = plan.details
    _forget(session, planned)
    if not planned.is_empty:
        with session.console.progress("register", planned.written, "rows") as told:
            session.runtime.database.registry.write(planned, told)
    if edges_unread(session):
        session.console.line("  the backend reads its devices again; all edges reconnect")
        with session.console.listening("register"):
            session.runtime.backend.read_devices_again()
        remember_read(session)  # now: it may have been restarted for that
    return str(planned)


def _unread_after(session: Session, planned: Registration[Any]) -> tuple[str, ...]:
    """Also those whose row was deleted: the backend goes on writing to the one that it has read."""
    deleted = set(planned.added) & _read_names(session)
    unread_now = edges_unread(session)
    if not deleted or session.runtime.backend.instance() is None or session.runtime.backend.find().changes:
        return unread_now
    return tuple(edge.name for edge in session.edges if edge.name in deleted.union(unread_now))


def _forget(session: Session, planned: Registration[Any]) -> None:
    """What the backend has read of rows that were deleted is not what it will find."""
    deleted = {*planned.added, *planned.reserve_added} & _read_names(session)
    if deleted:
        read = session.state.record()["read"]
        devices = {name: known for name, known in read["devices"].items() if name not in deleted}
        session.state.note(read={**read, "devices": devices})


def _read_names(session: Session) -> set[str]:
    read: dict[str, Any] = session.state.record().get("read", {})
    return set(read.get("devices", {}))


def edges_unread(session: Session) -> tuple[str, ...]:
    """The fleet's edges that the running backend has not read; none when it is still to be started."""
    instance = session.runtime.backend.instance()
    read: dict[str, Any] = session.state.record().get("read", {})
    if instance is None:
        return ()
    known = read.get("devices", {}) if read.get("instance") in (instance, "starting") else {}
    found = unread(session.fleet, known)
    return () if not found or session.runtime.backend.find().changes else found  # else ``up`` starts it anew


def remember_read(session: Session, *, starting: bool = False) -> None:
    """Note what the backend has read, or will when it starts: all rows, archived ones too."""
    devices = session.runtime.database.registry.fingerprints()
    instance = "starting" if starting else session.runtime.backend.instance()
    session.state.note(read={"instance": instance, "devices": devices, "at": time.time()})
