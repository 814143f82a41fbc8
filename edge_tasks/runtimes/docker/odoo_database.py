"""PostgreSQL and Odoo of the platform: started, initialised once, with the passwords that the backend expects."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.adapters.processes import until
from edge_tasks.errors import CommandFailed, OdooError
from edge_tasks.plan import Plan
from edge_tasks.registry.odoo import server, table
from edge_tasks.registry.odoo.addon import Addon
from edge_tasks.registry.odoo.registry import OdooRegistry
from edge_tasks.runtimes.docker import SNAPSHOTS, data_folders, edge_files
from edge_tasks.runtimes.docker.database_plan import changes_of, to_prepare
from edge_tasks.runtimes.docker.odoo_snapshot import OdooSnapshots
from edge_tasks.runtimes.docker.service_start import have_run
from edge_tasks.runtimes.docker.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.runtimes.docker.stack import Stack
    from edge_tasks.runtimes.plans import DatabaseToPrepare

_START_S: Final = 120.0
_PAUSE_S: Final = 1.0
BEGUN, RESTORING, MADE = "begun", "restoring", "made"
"""What the record says of our database: it is being initialised, a snapshot is being restored, it is whole."""


@dataclass(frozen=True)
class OdooDatabase:
    """The database that Odoo and the backend share."""

    stack: Stack

    @cached_property
    def registry(self) -> OdooRegistry:
        """The device table, with the Odoo that shows it."""
        stack = self.stack
        version = stack.survey.release.version
        return OdooRegistry(stack.database, stack.context.fleet, stack.odoo, version)

    @property
    def is_ready(self) -> bool:
        """PostgreSQL runs, with the device table in it."""
        return edge_files.is_complete(self.stack) and table.has_table(self.stack.database)

    def find(self) -> Plan[DatabaseToPrepare]:
        """What is still to be done for PostgreSQL and Odoo."""
        stack = self.stack
        reached = {stack.ports["database"], stack.ports["odoo"]}  # running, and led to by the override
        running = {
            found.service for found in stack.containers() if found.is_running and found.host_ports & reached
        }
        planned = to_prepare(stack.services.database, stack.services.odoo, running, self)
        changes = changes_of(planned, stack.database.name, stack.services.odoo)
        return Plan(changes, str(stack.database), planned)

    def prepare(self, plan: Plan[DatabaseToPrepare]) -> str:
        """Do it, and return what was done.

        Raises:
            RegistrationError: PostgreSQL refuses the backend's user or password.
            CommandFailed: Odoo's initialisation failed, or a service did not start.
        """
        planned, stack = plan.details, self.stack
        did = [f"PostgreSQL at {stack.database}"]
        starts_server = stack.services.database in planned.start
        if starts_server and self._restore():
            stack.context.beside.begin("Odoo is ready", self._greet_restored)
            return f"{did[0]}, Odoo restored from a snapshot"
        if starts_server:
            self.start_server()
        # Where nothing answered before, that can be asked only now.
        if planned.initialise or (planned.initialise is None and not self.is_initialised()):
            self._initialise()
            did.append("Odoo initialised")
        if stack.services.odoo in planned.start:
            have_run(stack, (stack.services.odoo,), parallel=1)
        with stack.context.waiting("Odoo starts"):
            self._await_odoo()
        if planned.set_passwords or (planned.set_passwords is None and not self.odoo_lets_in()):
            stack.odoo.set_passwords()
            did.append("Odoo's admin passwords set")
        return ", ".join(did)

    def remove(self) -> str:
        """Remove the database that we made; in one that was there before, only our rows.

        Raises:
            FleetError: it cannot be reached.
        """
        if self._record_says(RESTORING):
            self._snapshots.remove_half()
            return f"the database {self.stack.database.name}"
        self.start_server()
        if not self.stack.context.state.record.entries().get("odoo_init"):
            return self.registry.remove()
        server.drop_database(self.stack.database)
        return f"the database {self.stack.database.name}"

    def start_server(self) -> None:
        """Start PostgreSQL, and wait until it answers.

        Raises:
            RegistrationError: it refuses the backend's user or password.
            CommandFailed: it does not start.
        """
        stack, service = self.stack, self.stack.services.database
        data_folders.remember(stack)
        with stack.context.waiting("PostgreSQL starts"):
            have_run(stack, (service,), parallel=1)
            watch = Watch(stack, service)
            server.await_server(stack.database, time.monotonic() + _START_S, watch.require_running)

    def server_answers(self) -> bool:
        """PostgreSQL lets us in; not while it starts, and not while it may have only a part of a copy.

        Raises:
            RegistrationError: it refuses the backend's user or password.
        """
        return not self._record_says(RESTORING) and server.answers(self.stack.database)

    def is_initialised(self) -> bool:
        """The database has the addon, all of it, and no run of ours was interrupted while it made it."""
        is_unfinished = self._record_says(BEGUN) or self._record_says(RESTORING)
        return not is_unfinished and self._has_addon()

    def odoo_lets_in(self) -> bool:
        """Odoo takes the backend's password, or will soon; not while it does not answer."""
        return self.stack.context.beside.is_busy or self._lets_in()

    def _lets_in(self) -> bool:
        try:
            return self.stack.odoo.lets_in()
        except OdooError:
            return False

    def _greet_restored(self) -> None:
        """Wait for an Odoo that was restored, and have it take the backend's password.

        Raises:
            CommandFailed: it does not; its snapshot is gone, and the next run initialises it.
        """
        self._await_odoo()
        try:
            self._let_in()
        except OdooError:  # an Odoo that is too busy to answer proves nothing
            raise
        except CommandFailed as error:
            self._snapshots.discard(error.message)
            self._note(BEGUN)
            again = "inv setup initialises it; what was registered meanwhile goes with its database"
            raise CommandFailed(f"the restored Odoo is no good: {error.message}", hint=again) from None

    def _let_in(self) -> None:
        """Have Odoo take the backend's password; its first answer comes only when all its modules are loaded.

        Raises:
            OdooError: it does not answer in time.
            CommandFailed: it takes no password.
        """
        deadline = time.monotonic() + _START_S
        while not self._lets_in():
            try:
                return self.stack.odoo.set_passwords()
            except OdooError:  # noqa: PERF203 - there is a second between two
                if not until(deadline, _PAUSE_S):
                    raise
        return None

    @property
    def _snapshots(self) -> OdooSnapshots:
        return OdooSnapshots(self.stack, KeptFiles.of_user(SNAPSHOTS))

    def _record_says(self, state: str) -> bool:
        """Whether the record says that of this database."""
        return self.stack.context.state.record.entries().get("odoo_init") == f"{state} {self.stack.database.name}"

    def _note(self, state: str) -> None:
        self.stack.context.state.record.note(odoo_init=f"{state} {self.stack.database.name}")

    def _has_addon(self) -> bool:
        return table.addon(self.stack.database) is Addon.INSTALLED

    def _restore(self) -> bool:
        """Start PostgreSQL and Odoo with a snapshot, if there is one and nothing else; whether that was done.

        Of one that is no good, and of one that our killed run has left unfinished, nothing stays.

        Raises:
            CommandFailed: a container does not start.
        """
        stack = self.stack
        data_folders.remember(stack)
        if self._record_says(RESTORING):
            stack.context.say(f"  the restore of {stack.database.name} was interrupted and starts again")
            self._snapshots.remove_half()
        with stack.context.waiting("the snapshot is restored"):
            return self._snapshots.restore(self._has_addon, self._note)

    def _initialise(self) -> None:
        """Run ``odoo -i openems``; what our killed run left unfinished starts again.

        Raises:
            CommandFailed: somebody else has hidden the database from Odoo, or Odoo failed.
        """
        stack = self.stack
        helper = f"{stack.project.name}-odoo-init"
        stack.docker.run("rm", "-f", helper)  # of a run that was killed: it would go on beside ours
        fresh = self._is_fresh()
        if fresh or stack.context.state.record.entries().get("odoo_init") is not None:
            self._note(BEGUN)
        with self._odoo_stopped() if fresh else nullcontext():
            self._run_odoo(helper)
            if fresh:
                self._note(MADE)
                self._snapshots.take()
        if stack.context.state.record.entries().get("odoo_init"):
            self._note(MADE)

    def _is_fresh(self) -> bool:
        """Whether there is no database; none is left of what our killed run left unfinished."""
        database = self.stack.database
        found = table.addon(database)
        if self._record_says(BEGUN) and found is not Addon.NO_DATABASE:
            self.stack.context.say(f"  the initialisation of {database.name} was interrupted and starts again")
            server.drop_database(database)
            return True
        if found is Addon.HIDDEN:
            raise CommandFailed(
                f"the database {database.name} is a template, which Odoo does not show, and not by us",
                hint=f"in {self.stack.services.database}: ALTER DATABASE {database.name} IS_TEMPLATE false;"
                " if a set-up was interrupted there, DROP DATABASE, too",
            )
        return found is Addon.NO_DATABASE

    @contextmanager
    def _odoo_stopped(self) -> Iterator[None]:
        """Odoo does not run meanwhile: it must not see how another program makes its database.

        If the body fails, it stays stopped, and the next run starts it.
        """
        docker, odoo = self.stack.docker, self.stack.container(self.stack.services.odoo)
        if odoo is None or not odoo.is_running:
            yield
            return
        docker.run("stop", "-t", "1", odoo.id)
        yield
        docker.run("start", odoo.id)

    def _run_odoo(self, helper: str) -> None:
        stack = self.stack
        database = stack.database
        demo = () if stack.options.demo else ("--without-demo=all",)
        stack.context.say(f"  Odoo initialises database {database.name}; this takes about half a minute")
        # Without a log file of the checkout's odoo.conf, what goes wrong is told to us.
        command = ("odoo", "-d", database.name, "-i", "openems", "--stop-after-init", "--logfile=", *demo)
        with stack.context.waiting("Odoo initialises"):
            stack.compose.run("run", "--rm", "-T", "--no-deps", "--name", helper, stack.services.odoo, *command)
        if not self._has_addon():
            raise CommandFailed(
                f"Odoo ended without an error, but {database.name} has no openems addon",
                hint="is the addon in the container's addons path?"
                f" All of Odoo's output is in {stack.docker.log}",
            )

    def _await_odoo(self) -> None:
        stack = self.stack
        deadline, watch = time.monotonic() + _START_S, Watch(stack, stack.services.odoo)
        while not stack.odoo.answers():
            watch.require_running()
            if not until(deadline, 0.1):
                why = f"Odoo does not answer at {stack.odoo.url}"
                raise CommandFailed(why, hint=f"inv logs --service {stack.services.odoo}")
