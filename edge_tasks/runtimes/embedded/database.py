"""The embedded runtime's PostgreSQL, with the device table in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import write_file
from edge_tasks.plan import Plan
from edge_tasks.registry.odoo.registry import OdooRegistry
from edge_tasks.registry.odoo.server import answers
from edge_tasks.registry.odoo.table import has_table
from edge_tasks.runtimes.embedded.processes import HOST, POSTGRES
from edge_tasks.runtimes.embedded.schema import create_database
from edge_tasks.runtimes.plans import DatabaseToPrepare

if TYPE_CHECKING:
    from edge_tasks.runtimes.embedded.processes import Processes


@dataclass(frozen=True)
class EmbeddedDatabase:
    """A real server, and of Odoo only the tables that a backend reads."""

    processes: Processes

    @cached_property
    def registry(self) -> OdooRegistry:
        """The device table, without an Odoo that shows it."""
        return OdooRegistry(self.processes.database, self.processes.fleet, light_version=self.processes.version)

    @property
    def is_ready(self) -> bool:
        """PostgreSQL runs with the device table in it."""
        return self.processes.server.is_running() and has_table(self.processes.database)

    def find(self) -> Plan[DatabaseToPrepare]:
        """Whether it is still to be started, or the table to be made."""
        address = str(self.processes.database)
        if self.is_ready:
            return Plan((), address, DatabaseToPrepare())
        change = f"start PostgreSQL at {address}, with the device table"
        return Plan((change,), address, DatabaseToPrepare(start=(POSTGRES,), initialise=None))

    def prepare(self, _plan: Plan[DatabaseToPrepare]) -> str:
        """Start PostgreSQL, and create the database and the addon's tables when they are missing.

        Raises:
            RegistrationError: the tables cannot be made.
            CommandFailed: the server does not start.
        """
        self.processes.start_server()
        database, api = self.processes.database, self.processes.api
        if not has_table(database):
            answers(database)  # it says what to type if the password is refused
            create_database(database.host, database.port, database.user, database.password, database.name)
        credentials = (
            ("pgpass", f"{database.host}:{database.port}:{database.name}:{database.user}:{database.password}\n"),
            ("netrc", f"machine {HOST} login {api.user} password {api.password}\n"),
        )
        for name, text in credentials:
            write_file(self.processes.folder / name, text)
        return f"PostgreSQL at {database}"
