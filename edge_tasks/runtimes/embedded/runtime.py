"""The embedded runtime: a real PostgreSQL from a wheel, a stand-in backend, one host of light edges."""

from __future__ import annotations

import json
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters import logs, machine, ports
from edge_tasks.adapters.files import text_of, write_file
from edge_tasks.adapters.processes import Daemon, until
from edge_tasks.checkout.findings import check_open_files, check_ports, check_room
from edge_tasks.checkout.override import render_override
from edge_tasks.errors import BackendError, CommandFailed, SettingsError
from edge_tasks.plan import Plan
from edge_tasks.proof.backend_api import BackendApi
from edge_tasks.registry.odoo.table import Database, has_table
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.schema import create_database
from edge_tasks.runtimes.light_host import LightHost, manner_of, metrics_port_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path, PurePosixPath

    from edge_tasks.checkout.compose_file import ComposeFile
    from edge_tasks.checkout.findings import Finding
    from edge_tasks.fleet.identity import Edge, Fleet
    from edge_tasks.runtimes.protocols import EdgeProcess, Written

HOST: Final = "127.0.0.1"
_EDGE_PORT, _REST_PORT, _CONSOLE_PORT, _POSTGRES_PORT = 8081, 8075, 8079, 15432
_START_S: Final = 30.0


class EmbeddedRuntime:
    """All processes of a fleet without Docker, in the platform's state directory."""

    name: Final = "embedded"
    stands_for: Final = "stand-ins for backend and edges, a real PostgreSQL"

    def __init__(
        self,
        folder: Path,
        edges_folder: Path,
        fleet: Fleet,
        render: Callable[[Edge, str], Mapping[PurePosixPath, str]],
        choices: Mapping[str, Any],
    ) -> None:
        self._folder = folder
        self._edges_folder = edges_folder
        self._fleet = fleet
        offset = fleet.port_offset
        self.uri = f"ws://{HOST}:{_EDGE_PORT + offset}"
        self.rest = f"http://{HOST}:{_REST_PORT + offset}"
        self.api = BackendApi(self.rest, "admin", fleet.password("backend"))
        self.database = Database(HOST, _POSTGRES_PORT + offset, "odoo", fleet.password("database"))
        self.server = PostgresServer(
            data=folder / "postgres",
            port=self.database.port,
            user=self.database.user,
            password=self.database.password,
        )
        self.backend = Daemon("edge_tasks.backend", folder / "backend.json", folder / "backend.log")
        self._light_daemon = Daemon("edge_tasks.light", folder / "light.json", folder / "light.log")
        self._metrics_port = metrics_port_of(choices, offset)
        self.light = LightHost(
            self._light_daemon,
            folder,
            edges_folder,
            fleet,
            lambda edge: render(edge, self.uri),
            manner=manner_of(choices, offset),
        )

    @cached_property
    def _backend_ports(self) -> dict[int, str]:
        offset = self._fleet.port_offset
        names = {_EDGE_PORT: "edge websocket", _REST_PORT: "B2B REST", _CONSOLE_PORT: "console"}
        return {port + offset: f"the backend's {name}" for port, name in names.items()}

    def companions(self) -> dict[Path, str]:
        """None."""
        return {}

    def examine(self) -> tuple[Finding, ...]:
        """Ports that something else holds, and a limit that so many connections would meet."""
        open_files = check_open_files(self._fleet.size, machine.most_open_files())
        return (*open_files, *self._check_room(), *check_ports(*self._taken_ports(), self._fleet.port_offset))

    def _check_room(self) -> list[Finding]:
        folder = self._edges_folder
        new = sum(not (folder / edge.directory).exists() for edge in self._fleet.edges_with_directory)
        fresh = not self.server.data.exists()
        return check_room(new, machine.free_disk(self._folder), str(self._folder.parent), with_database=fresh)

    def find_correction(self) -> tuple[str, ...]:
        """There is nothing that could be corrected."""
        return ()

    def correct(self) -> None:
        """There is nothing that could be corrected."""

    def override(self, edges: Sequence[Edge], compose: Callable[[], ComposeFile]) -> str:
        """The compose override's text: nothing here starts it, but people and Docker may."""
        return render_override(edges, compose())

    def find_build(self) -> Plan:
        """Nothing is built."""
        return Plan((), "PostgreSQL comes from its wheel, backend and edges are stand-ins of our own")

    def _taken_ports(self) -> tuple[dict[int, str], dict[int, str]]:
        """Port → owner, of those that our own processes do not hold already; and port → what it is wanted for."""
        wanted: dict[int, str] = {}
        if self.backend.find() is None:
            wanted |= self._backend_ports
        if self._metrics_port and self._light_daemon.find() is None:
            wanted[self._metrics_port] = "metrics of the edges"
        if not self.server.is_running():
            wanted[self.database.port] = "PostgreSQL"
        return ports.taken(wanted, HOST), wanted

    def build(self) -> str:
        """Never called: there is never a change."""
        return ""

    @property
    def database_is_ready(self) -> bool:
        """PostgreSQL runs with the device table in it."""
        return self.server.is_running() and has_table(self.database)

    def find_database(self) -> tuple[str, ...]:
        """What is still to be done so that it is."""
        if self.database_is_ready:
            return ()
        return (f"start PostgreSQL at {self.database}, with the device table",)

    def prepare_database(self) -> str:
        """Start PostgreSQL, and create the database and the addon's tables when they are missing."""
        self.server.start()
        database = self.database
        create_database(database.host, database.port, database.user, database.password, database.name)
        credentials = (
            ("pgpass", f"{database.host}:{database.port}:{database.name}:{database.user}:{database.password}\n"),
            ("netrc", f"machine {HOST} login {self.api.user} password {self.api.password}\n"),
        )
        for name, text in credentials:
            write_file(self._folder / name, text)
        return f"PostgreSQL at {database}"

    def backend_config(self) -> str:
        """The stand-in backend's configuration file."""
        database = self.database
        document = {
            "database": {
                "host": database.host,
                "port": database.port,
                "dbname": database.name,
                "user": database.user,
                "password": database.password,
            },
            "host": HOST,
            "edge_port": _EDGE_PORT + self._fleet.port_offset,
            "rest_port": _REST_PORT + self._fleet.port_offset,
            "console_port": _CONSOLE_PORT + self._fleet.port_offset,
            "login": {"user": self.api.user, "password": self.api.password},
        }
        return json.dumps(document, indent=2) + "\n"

    def backend_is_current(self) -> bool:
        """The backend runs, with the configuration it is to have."""
        return text_of(self.backend.config) == self.backend_config() and self.backend.find() is not None

    def start_backend(self) -> None:
        """Start the stand-in backend, and wait until it answers.

        Raises:
            CommandFailed: it ended, or did not answer within 30 s.
        """
        self.backend.stop()
        self.backend.start(self.backend_config())
        deadline = time.monotonic() + _START_S
        while not self._backend_answers():
            self.backend.require("backend")
            if not until(deadline):
                raise CommandFailed(f"the backend does not answer on {self.rest}", hint=f"see {self.backend.log}")

    def find_edges(self, written: Mapping[str, Written]) -> tuple[str, ...]:
        """What is to be done so that the light host runs the edges, each with its directory as written."""
        return self.light.find_edges(written)

    def start_edges(self, written: Mapping[str, Written]) -> str:
        """Tell the light host its edges, starting it when it does not run, and wait until it has taken them.

        Raises:
            CommandFailed: it ended, or did not take them within 30 s.
        """
        return self.light.start_edges(written)

    def processes(self) -> dict[str, EdgeProcess]:
        """What the light host says of its edges, by name; empty when it does not run."""
        return self.light.processes()

    def backend_instance(self) -> str | None:
        """What tells this run of the backend from an earlier one; None when it does not run."""
        return self.backend.instance()

    def read_devices_again(self) -> None:
        """Make the backend read its devices; all edges reconnect.

        Raises:
            BackendError: it did not.
        """
        self.api.read_devices_again(f"http://{HOST}:{_CONSOLE_PORT + self._fleet.port_offset}")

    def backend_started(self) -> float:
        """When the backend was started, seconds since 1970; 0.0 when it does not run."""
        process = self.backend.find()
        return process.create_time() if process else 0.0

    def stop(self) -> tuple[str, ...]:
        """Stop everything; the names of what ran."""
        stopped = [name for name, daemon in self._daemons if daemon.stop()]
        if self.server.is_running():
            self.server.stop()
            stopped.append("PostgreSQL")
        return tuple(stopped)

    @property
    def _daemons(self) -> tuple[tuple[str, Daemon], ...]:
        return ("light host", self._light_daemon), ("backend", self.backend)

    def running(self) -> tuple[str, ...]:
        """The names of what runs."""
        daemons = [name for name, daemon in self._daemons if daemon.find()]
        return (*daemons, *(["PostgreSQL"] if self.server.is_running() else []))

    def purge(self) -> str:
        """Nothing is left outside the state directory; but a server that still runs in it must not lose its data.

        Raises:
            CommandFailed: somebody else's server holds the data directory.
        """
        if (self.server.data / "postmaster.pid").exists() and ports.taken({self.database.port: ""}, HOST):
            raise CommandFailed(
                f"port {self.database.port} is taken, and {self.server.data} looks as if a server used it",
                hint="stop it, then run this again; nothing was removed",
            )
        return "the database"

    def claim(self) -> None:
        """Light edges write nothing in their directories."""

    def visible(self, _names: Sequence[str]) -> None:
        """There is no Odoo."""

    def addresses(self) -> tuple[tuple[str, str], ...]:
        """What people go on with: a word, and where."""
        console = f"http://{HOST}:{_CONSOLE_PORT + self._fleet.port_offset}"
        light = f", http://{HOST}:{self._metrics_port}/metrics (edges)" if self._metrics_port else ""
        return (
            ("backend", f"{self.rest}/jsonrpc (B2B REST), {self.uri} (edges); a stand-in, as are the edges"),
            ("database", f"{self.database}; a real PostgreSQL"),
            ("metrics", f"{console}/metrics (backend){light}"),
            ("logins", f"{self._folder}/netrc (curl --netrc-file), {self._folder}/pgpass (PGPASSFILE)"),
        )

    def show_logs(self, edges: Sequence[str], service: str, *, follow: bool) -> None:
        """The log files of light host, backend and PostgreSQL."""
        files = {"edges": self._light_daemon.log, "backend": self.backend.log, "PostgreSQL": self.server.log}
        if service and service not in files:
            raise SettingsError(f"there is no service {service!r}", hint=f"one of {', '.join(files)}")
        chosen = [
            file for name, file in files.items() if service in ("", name) and (not edges or name == "edges")
        ]
        logs.show(chosen, edges, follow=follow)

    def _backend_answers(self) -> bool:
        try:
            self.api.online([])
        except BackendError:
            return False
        return True
