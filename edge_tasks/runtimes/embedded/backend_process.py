"""The stand-in backend as a process of this machine."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import text_of
from edge_tasks.adapters.processes import until
from edge_tasks.errors import BackendError, CommandFailed
from edge_tasks.plan import Plan
from edge_tasks.runtimes.embedded.processes import BACKEND, HOST

if TYPE_CHECKING:
    from edge_tasks.proof.backend_api import BackendApi
    from edge_tasks.runtimes.embedded.processes import Processes

_START_S: Final = 30.0


@dataclass(frozen=True)
class BackendProcess:
    """Started with a configuration file, and known again by it."""

    processes: Processes

    @property
    def uri(self) -> str:
        """Where the edges connect to."""
        return f"ws://{HOST}:{self.processes.edge_port}"

    @property
    def status(self) -> BackendApi:
        """Its B2B REST API."""
        return self.processes.api

    @property
    def rest(self) -> BackendApi:
        """The same, which answers about history, too."""
        return self.processes.api

    def config(self) -> str:
        """The text of its configuration file, passwords included."""
        processes = self.processes
        database, api = processes.database, processes.api
        document = {
            "database": {
                "host": database.host,
                "port": database.port,
                "dbname": database.name,
                "user": database.user,
                "password": database.password,
            },
            "host": HOST,
            "edge_port": processes.edge_port,
            "rest_port": processes.rest_port,
            "console_port": processes.console_port,
            "login": {"user": api.user, "password": api.password},
            "timedata": processes.timedata,
            "openems_version": processes.version,
        }
        return json.dumps(document, indent=2) + "\n"

    def find(self) -> Plan[tuple[str, ...]]:
        """Whether it does not run, with another configuration than it is to have, or does not answer any more."""
        daemon = self.processes.backend
        is_current = text_of(daemon.config) == self.config() and daemon.find() is not None and self._is_awake()
        return Plan(() if is_current else ("start the backend",), "it runs", () if is_current else (BACKEND,))

    def start(self, _plan: Plan[tuple[str, ...]]) -> None:
        """Start it."""
        daemon = self.processes.backend
        daemon.stop()
        daemon.start(self.config())

    def await_open(self) -> None:
        """Wait until it answers: it opens all of its ports together.

        Raises:
            CommandFailed: it ended, or did not answer within 30 s.
        """
        daemon = self.processes.backend
        deadline = time.monotonic() + _START_S
        while not self._answers():
            daemon.require("backend")
            if not until(deadline):
                rest = self.processes.api.rest
                raise CommandFailed(f"the backend does not answer on {rest}", hint=f"see {daemon.log}")

    def await_ready(self) -> None:
        """Once it is open, it has read its devices."""

    def instance(self) -> str | None:
        """What distinguishes this run of it from an earlier one; None if it does not run."""
        return self.processes.backend.instance()

    def takes_edges(self) -> bool:
        """It opens all of its ports, or ends."""
        return True

    def started(self) -> float:
        """When it was started, seconds since 1970; 0.0 when it does not run."""
        process = self.processes.backend.find()
        return process.create_time() if process else 0.0

    def read_devices_again(self) -> None:
        """Re-activate its ``Metadata.Odoo``, through its console; all edges reconnect.

        The Felix console of a real backend wants all properties with it, passwords included, and forgets those
        that are missing: a real one is restarted instead.

        Raises:
            BackendError: it did not.
        """
        url = f"{self.processes.console}/system/console/configMgr/Metadata.Odoo"
        self.status.post(url, b"apply=true&action=ajaxConfigManager", "application/x-www-form-urlencoded")

    def _is_awake(self) -> bool:
        return self.status.opens_websockets(self.processes.rest_port)

    def _answers(self) -> bool:
        try:
            self.status.online([])
        except BackendError:
            return False
        return True
