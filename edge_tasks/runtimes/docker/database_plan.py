"""What must be done so that PostgreSQL and Odoo run, with the device table. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge_tasks.runtimes.plans import DatabaseToPrepare

if TYPE_CHECKING:
    from collections.abc import Collection


class Questions(Protocol):
    """What is asked only where it matters: each may take a while."""

    def server_answers(self) -> bool:
        """PostgreSQL lets us in."""

    def is_initialised(self) -> bool:
        """The database has the addon's tables, all of them."""

    def odoo_lets_in(self) -> bool:
        """Odoo takes the password that the backend has."""


def to_prepare(database: str, odoo: str, running: Collection[str], asked: Questions) -> DatabaseToPrepare:
    """Compare what runs, of the services ``database`` and ``odoo``, with what is needed."""
    if database not in running or not asked.server_answers():
        return DatabaseToPrepare(start=(database, odoo), initialise=None, set_passwords=None)
    initialise = not asked.is_initialised()
    if odoo not in running:
        return DatabaseToPrepare(start=(odoo,), initialise=initialise, set_passwords=None)
    set_passwords = None if initialise else not asked.odoo_lets_in()
    return DatabaseToPrepare(initialise=initialise, set_passwords=set_passwords)


def changes_of(planned: DatabaseToPrepare, name: str, odoo: str) -> tuple[str, ...]:
    """One line for each change; ``name`` is the database's, ``odoo`` the service that starts last."""
    initialise = {
        True: (f"initialise Odoo's database {name} with the openems addon",),
        None: (f"prepare database {name} with the openems addon",),
        False: (),
    }
    return (
        *(f"start {service}" for service in planned.start if service != odoo),
        *initialise[planned.initialise],
        *(f"start {service}" for service in planned.start if service == odoo),
        *(("set Odoo's admin passwords to what the backend expects",) if planned.set_passwords else ()),
    )
