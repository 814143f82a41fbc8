"""The stand-in backend as a process of this machine, or as two with a release that has two."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import text_of
from edge_tasks.adapters.processes import until
from edge_tasks.errors import BackendError, CommandFailed
from edge_tasks.plan import Plan
from edge_tasks.runtimes.embedded.processes import BACKEND, BACKEND_EDGE, HOST

if TYPE_CHECKING:
    from edge_tasks.proof.backend_api import BackendApi
    from edge_tasks.runtimes.embedded.processes import Processes

_START_S: Final = 30.0
_OPEN_S: Final = 5.0
_LOOK_S: Final = 0.01


@dataclass(frozen=True)
class BackendProcess:
    """Each program is started with a configuration file, and known again by it."""

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
        """Its B2B REST API, which answers about history, too."""
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
            **({} if processes.manager_port is None else {"manager_port": processes.manager_port}),
            "login": {"user": api.user, "password": api.password},
            "timedata": processes.timedata,
            "openems_version": processes.version,
        }
        return json.dumps(document, indent=2) + "\n"

    def config_of_backend_edge(self) -> str:
        """The text of its second program's configuration file; empty if the release has none."""
        processes = self.processes
        if processes.manager_port is None:
            return ""
        uri = f"ws://{HOST}:{processes.manager_port}"
        return json.dumps({"uri": uri, "host": HOST, "edge_port": processes.edge_port}, indent=2) + "\n"

    def find(self) -> Plan[tuple[str, ...]]:
        """Whether it does not run, with another configuration than it is to have, or does not answer any more."""
        missing: tuple[str, ...] = () if self._is_current() else (BACKEND,)
        if self.processes.manager_port is not None and (missing or not self._is_second_current()):
            missing += (BACKEND_EDGE,)
        return Plan(tuple(f"start the {name}" for name in missing), "it runs", missing)

    def start(self, plan: Plan[tuple[str, ...]]) -> None:
        """Start what does not run."""
        self.processes.backend_edge.stop()
        if BACKEND in plan.details:
            self.processes.backend.stop()
            self.processes.backend.start(self.config())
        if self.processes.manager_port is not None:
            self.processes.backend_edge.start(self.config_of_backend_edge())

    def await_open(self) -> None:
        """Wait until the backend answers, and its second program, if it has one, has opened the edges' port.

        Raises:
            CommandFailed: a program ended, or the backend did not answer within 30 s.
        """
        daemon = self.processes.backend
        deadline = time.monotonic() + _START_S
        while not self._answers():
            daemon.require(BACKEND)
            if not until(deadline, _LOOK_S):
                rest = self.processes.api.rest
                raise CommandFailed(f"the backend does not answer on {rest}", hint=f"see {daemon.log}")
        if self.processes.manager_port is not None:
            self._await_second()

    def _await_second(self) -> None:
        """Its port stays closed until a device has an apikey, so that is not waited for very long."""
        deadline = time.monotonic() + _OPEN_S
        while not self.status.opens_websockets(self.processes.edge_port) and until(deadline):
            self.processes.backend_edge.require(BACKEND_EDGE)

    def await_ready(self) -> None:
        """Once it is open, it has read its devices."""

    def instance(self) -> str | None:
        """What distinguishes this run of it from an earlier one; None if it does not run."""
        return self.processes.backend.instance()

    def takes_edges(self) -> bool:
        """Each program opens all of its ports, or ends; the second one as soon as a device has an apikey."""
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

    def _is_current(self) -> bool:
        daemon = self.processes.backend
        if text_of(daemon.config) != self.config() or daemon.find() is None:
            return False
        return self.status.opens_websockets(self.processes.rest_port)

    def _is_second_current(self) -> bool:
        daemon = self.processes.backend_edge
        return text_of(daemon.config) == self.config_of_backend_edge() and daemon.find() is not None

    def _answers(self) -> bool:
        try:
            self.status.online([])
        except BackendError:
            return False
        return True
