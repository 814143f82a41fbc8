"""What runs in the embedded runtime, where, and how it is reached."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters import ports
from edge_tasks.adapters.processes import Daemon
from edge_tasks.errors import FleetError
from edge_tasks.openems.release import DEFAULT, release_of
from edge_tasks.proof.backend_api import BackendApi
from edge_tasks.registry.odoo.server import Database
from edge_tasks.runtimes.embedded import schema
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edge_tasks.adapters.kept_files import KeptFiles
    from edge_tasks.fleet.identity import Fleet

HOST: Final = "127.0.0.1"
LIGHT_HOST: Final = "light host"
BACKEND: Final = "backend"
BACKEND_EDGE: Final = "backend-edge"
POSTGRES: Final = "PostgreSQL"
_INSIDE: Final = DEFAULT.backend_ports
_EDGE_PORT, _REST_PORT, _CONSOLE_PORT, _POSTGRES_PORT = _INSIDE.edges, _INSIDE.rest, _INSIDE.console, 15432


@dataclass(frozen=True)
class Processes:
    """Three processes, or four with a release whose backend is two programs, and their ports on loopback.

    Attributes:
        folder: the platform's state directory.
        fleet: its offset moves the ports, its secret gives the passwords.
        metrics_port: where the light host serves metrics; 0 for nowhere.
        timedata: whose answers about history the backend gives.
        version: the release of OpenEMS that the backend behaves like.
        kept: where data directories of PostgreSQL are kept for the user's next platforms; None for nowhere.
        say: prints a line for people.
    """

    folder: Path
    fleet: Fleet
    metrics_port: int
    timedata: str
    version: str
    kept: KeptFiles | None = None
    say: Callable[[str], None] = field(default=lambda _line: None, repr=False)
    _making: list[threading.Thread] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def manager_port(self) -> int | None:
        """Where the program that takes edges connects to the backend; None if the backend does so itself."""
        port = release_of(self.version).backend_ports.manager
        return None if port is None else port + self.fleet.port_offset

    @property
    def edge_port(self) -> int:
        """Where the backend takes edges."""
        return _EDGE_PORT + self.fleet.port_offset

    @property
    def rest_port(self) -> int:
        """Where the backend has its B2B REST API."""
        return _REST_PORT + self.fleet.port_offset

    @property
    def console_port(self) -> int:
        """Where the backend has its console and its metrics."""
        return _CONSOLE_PORT + self.fleet.port_offset

    @property
    def console(self) -> str:
        """The same as a URL."""
        return f"http://{HOST}:{self.console_port}"

    @cached_property
    def api(self) -> BackendApi:
        """The backend's B2B REST API."""
        rest = f"http://{HOST}:{self.rest_port}"
        return BackendApi(rest, "admin", self.fleet.password("backend"), remedy="inv up")

    @cached_property
    def database(self) -> Database:
        """The device table."""
        fleet, port = self.fleet, _POSTGRES_PORT + self.fleet.port_offset
        light = f" --light-edges {fleet.light}" if fleet.light else ""
        remedy = f"inv down --purge setup --edges {fleet.full}{light}"
        return Database(HOST, port, "odoo", fleet.password("database"), remedy=remedy)

    @cached_property
    def server(self) -> PostgresServer:
        """The PostgreSQL that holds it."""
        database = self.database
        return PostgresServer(
            data=self.folder / "postgres",
            port=database.port,
            user=database.user,
            password=database.password,
            kept=self.kept,
            database=database.name,
            statements=schema.statements,
            say=self.say,
        )

    @cached_property
    def backend(self) -> Daemon:
        """The stand-in backend."""
        return Daemon("edge_tasks.backend", self.folder / "backend.json", self.folder / "backend.log")

    @cached_property
    def backend_edge(self) -> Daemon:
        """Its second program, which runs only if the release has one."""
        folder = self.folder
        return Daemon("edge_tasks.backend.edge_app", folder / "backend-edge.json", folder / "backend-edge.log")

    @cached_property
    def light(self) -> Daemon:
        """The light host."""
        return Daemon("edge_tasks.light", self.folder / "light.json", self.folder / "light.log")

    @property
    def logs(self) -> dict[str, Path]:
        """Log files, by the words that ``logs --service`` takes."""
        second = {} if self.manager_port is None else {BACKEND_EDGE: self.backend_edge.log}
        return {"edges": self.light.log, BACKEND: self.backend.log, **second, POSTGRES: self.server.log}

    def running(self) -> tuple[str, ...]:
        """The names of what runs."""
        daemons = [name for name, daemon in self._daemons if daemon.find()]
        return (*daemons, *([POSTGRES] if self.server.is_running() else []))

    def start_ahead(self) -> None:
        """Start the programs ahead, so that they load meanwhile, and make PostgreSQL's data directory.

        Those that never begin end with us.
        """
        programs = (self.backend, self.light, *(() if self.manager_port is None else (self.backend_edge,)))
        for daemon in programs:
            if daemon.find() is None:
                daemon.start_ahead()
        if not self.server.is_running():
            self._making.append(threading.Thread(target=self._make))  # no daemon: it is ended before we are
            self._making[-1].start()

    def _make(self) -> None:
        with suppress(FleetError, OSError):  # whoever starts the server meets it again, and says it
            self.server.create()

    def start_server(self) -> None:
        """Start PostgreSQL, once its data directory is made.

        Raises:
            FleetError: as :meth:`.PostgresServer.start` raises it.
        """
        while self._making:
            self._making.pop().join()
        self.server.start()

    def stop(self) -> tuple[str, ...]:
        """Stop everything, PostgreSQL last; the names of what ran."""
        stopped = [name for name, daemon in self._daemons if daemon.stop()]
        if self.server.is_running():
            self.server.stop()
            stopped.append(POSTGRES)
        return tuple(stopped)

    def wanted_ports(self) -> dict[int, str]:
        """Port → what it is wanted for, of those that our own processes do not hold already."""
        wanted: dict[int, str] = {}
        if self.metrics_port and not self._serves_metrics():
            wanted[self.metrics_port] = "metrics of the edges"
        if self.backend.find() is None:
            wanted |= self._ports_of_backend
        if not self.server.is_running():
            wanted[self.database.port] = POSTGRES
        return wanted

    @property
    def fixed_ports(self) -> dict[int, str]:
        """Port → what it is for, of all but the metrics of the edges, which may be served anywhere else."""
        return {**self._ports_of_backend, self.database.port: POSTGRES}

    @property
    def _ports_of_backend(self) -> dict[int, str]:
        names = {self.edge_port: "edge websocket", self.rest_port: "B2B REST", self.console_port: "console"}
        if self.manager_port is not None:
            names[self.manager_port] = f"port for {BACKEND_EDGE}"
        return {port: f"the backend's {name}" for port, name in names.items()}

    def _serves_metrics(self) -> bool:
        """Whether the light host has the port; one that found it taken runs without, and tries again."""
        light = self.light.find()
        return light is not None and ports.is_held_by(light.pid, self.metrics_port)

    def database_port_is_taken(self) -> bool:
        """Somebody listens where PostgreSQL would."""
        return bool(ports.taken({self.database.port: ""}, HOST))

    @property
    def _daemons(self) -> tuple[tuple[str, Daemon], ...]:
        return (LIGHT_HOST, self.light), (BACKEND_EDGE, self.backend_edge), (BACKEND, self.backend)
