"""``inv register``: a row of the device table for each edge, and a backend that has read them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from edge_tasks.plan import Plan, some
from edge_tasks.registry.odoo import table
from edge_tasks.registry.odoo.rows import Registration, fingerprint, plan_registration, unread

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session


def find(session: Session) -> Plan:
    """Compare the rows with the fleet.

    Raises:
        RegistrationError: the table cannot be read, or has foreign rows in the way.
    """
    rows = table.read_rows(session.runtime.database)
    adopt = bool(session.options.get("adopt"))
    planned = plan_registration(session.fleet, rows, adopt=adopt)
    changes = () if planned.is_empty else (_sentence(planned),)
    not_read = _unread_after(session, planned)
    if not_read:
        changes = (*changes, f"the backend must read {some(not_read)}: all edges reconnect")
    return Plan(changes, f"{planned.kept} kept, {planned.reserved} in reserve", planned)


def apply(session: Session, plan: Plan) -> str:
    """Write the rows; make the backend read again when one comes into use that it has not read."""
    planned: Registration = plan.details
    _forget(session, planned)
    if not planned.is_empty:
        rows = len(planned.added) + len(planned.changed)
        with session.console.progress("register", rows, "rows") as told:
            table.register(session.runtime.database, planned, told)
    if edges_unread(session):
        session.console.line("  the backend reads its devices again; all edges reconnect")
        with session.console.listening("register"):
            session.runtime.read_devices_again()
        remember_read(session)  # now: it may have been restarted for that
    return _sentence(planned)


def _unread_after(session: Session, planned: Registration) -> tuple[str, ...]:
    """Also those whose row was deleted: the backend goes on writing to the one that it has read."""
    deleted = {device.name for device in planned.added if device.active} & _read_names(session)
    unread_now = edges_unread(session)
    if not deleted or session.runtime.backend_instance() is None or not session.runtime.backend_is_current():
        return unread_now
    return tuple(edge.name for edge in session.edges if edge.name in deleted.union(unread_now))


def _forget(session: Session, planned: Registration) -> None:
    """What the backend has read of rows that were deleted is not what it will find."""
    deleted = {device.name for device in planned.added} & _read_names(session)
    if deleted:
        read = session.state.record()["read"]
        devices = {name: known for name, known in read["devices"].items() if name not in deleted}
        session.state.note(read={**read, "devices": devices})


def _read_names(session: Session) -> set[str]:
    read: dict[str, Any] = session.state.record().get("read", {})
    return set(read.get("devices", {}))


def edges_unread(session: Session) -> tuple[str, ...]:
    """The fleet's edges that the running backend has not read; none when it is still to be started."""
    instance = session.runtime.backend_instance()
    read: dict[str, Any] = session.state.record().get("read", {})
    if instance is None:
        return ()
    known = read.get("devices", {}) if read.get("instance") in (instance, "starting") else {}
    found = unread(session.fleet, known)
    return found if found and session.runtime.backend_is_current() else ()  # else ``up`` starts it anew


def remember_read(session: Session, *, starting: bool = False) -> None:
    """Note what the backend has read, or will when it starts: all rows, archived ones too."""
    rows = table.read_rows(session.runtime.database)
    devices = {row.name: fingerprint(row.apikey) for row in rows}
    instance = "starting" if starting else session.runtime.backend_instance()
    session.state.note(read={"instance": instance, "devices": devices, "at": time.time()})


def _sentence(planned: Registration) -> str:
    added = sum(device.active for device in planned.added)
    changed = sum(change.device.active for change in planned.changed)
    counts = f"{added} added, {planned.kept} kept, {changed} changed"
    for rows, word in ((planned.unarchived, "unarchived"), (planned.archived, "archived")):
        counts += f", {len(rows)} {word}" if rows else ""
    in_reserve = len(planned.changed) - changed
    return f"{counts}; {planned.reserved} in reserve" + (f", {in_reserve} of them changed" if in_reserve else "")
