"""PostgreSQL and Odoo of the platform: started, initialised once, with the passwords that the backend expects."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.processes import until
from edge_tasks.errors import CommandFailed, OdooError
from edge_tasks.registry.odoo import table
from edge_tasks.registry.odoo.table import Addon
from edge_tasks.runtimes.docker import data_folders

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.stack import Stack

_START_S: Final = 120.0


def find(stack: Stack) -> tuple[str, ...]:
    """What is still to be done."""
    reached = {stack.ports["database"], stack.ports["odoo"]}
    containers = {c.service for c in stack.containers() if c.is_running and c.host_ports & reached}
    database, odoo = stack.services.database, stack.services.odoo  # running, and led to by the override
    if database not in containers or not table.answers(stack.database):
        return (
            f"start {database}",
            f"have database {stack.database.name} with the openems addon",
            f"start {odoo}",
        )
    changes = []
    if table.addon(stack.database) is not Addon.INSTALLED:
        changes.append(f"initialise Odoo's database {stack.database.name} with the openems addon")
    if odoo not in containers:
        changes.append(f"start {odoo}")
    elif not changes and not _lets_in(stack):
        changes.append("set Odoo's admin passwords to what the backend expects")
    return tuple(changes)


def prepare(stack: Stack) -> str:
    """Do it; what was done.

    Raises:
        RegistrationError: PostgreSQL refuses the backend's user or password.
        CommandFailed: Odoo's initialisation failed, or a service did not start.
    """
    did = [f"PostgreSQL at {stack.database}"]
    start_server(stack)
    if table.addon(stack.database) is not Addon.INSTALLED:
        _initialise(stack)
        did.append("Odoo initialised")
    stack.compose.up((stack.services.odoo,), parallel=1)
    deadline = time.monotonic() + _START_S
    while not stack.odoo.answers():
        stack.require_running(stack.services.odoo)
        if not until(deadline, 0.2):
            raise CommandFailed(f"Odoo does not answer at {stack.odoo.url}", hint="inv logs --service odoo16")
    if not _lets_in(stack):
        stack.odoo.set_passwords()
        did.append("Odoo's admin passwords set")
    return ", ".join(did)


def start_server(stack: Stack) -> None:
    """Start PostgreSQL, and wait until it answers.

    Raises:
        RegistrationError: it refuses the backend's user or password.
        CommandFailed: it does not start.
    """
    service = stack.services.database
    data_folders.remember(stack)
    stack.compose.up((service,), parallel=1)
    table.await_server(stack.database, time.monotonic() + _START_S, lambda: stack.require_running(service))


def _initialise(stack: Stack) -> None:
    """``odoo -i openems``; what a killed run of ours left half-way is begun anew."""
    database, state = stack.database, stack.ground.state
    helper = f"{stack.project.name}-odoo-init"
    stack.docker.run("rm", "-f", helper)  # of a run that was killed: it would go on beside ours
    ours = state.record().get("odoo_init")
    fresh = table.addon(database) is Addon.NO_DATABASE
    if ours == f"begun {database.name}" and not fresh:
        stack.ground.say(f"  an initialisation of {database.name} was interrupted: it is begun anew")
        table.drop_database(database)
    if fresh or ours is not None:
        state.note(odoo_init=f"begun {database.name}")
    demo = () if "demo" in stack.ground.flags else ("--without-demo=all",)
    stack.ground.say(f"  Odoo initialises database {database.name}; this takes about half a minute")
    # Without a log file of the checkout's odoo.conf, what goes wrong is told to us.
    command = ("odoo", "-d", database.name, "-i", "openems", "--stop-after-init", "--logfile=", *demo)
    stack.compose.run("run", "--rm", "-T", "--no-deps", "--name", helper, stack.services.odoo, *command)
    if table.addon(database) is not Addon.INSTALLED:
        raise CommandFailed(
            f"Odoo ended well, and yet {database.name} has no openems addon",
            hint=f"is the addon in the container's addons path? all of its output: {stack.docker.log}",
        )
    if state.record().get("odoo_init"):
        state.note(odoo_init=f"made {database.name}")


def _lets_in(stack: Stack) -> bool:
    try:
        return stack.odoo.lets_in()
    except OdooError:
        return False
