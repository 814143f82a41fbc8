"""All processes of the embedded runtime together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from edge_tasks.adapters import logs, machine, ports
from edge_tasks.adapters.files import text_of
from edge_tasks.checkout.edge_findings import check_override
from edge_tasks.checkout.machine_findings import check_metrics_port, check_open_files, check_ports, check_room
from edge_tasks.errors import CommandFailed, SettingsError
from edge_tasks.fleet.saved import platform_in
from edge_tasks.runtimes.address import Address
from edge_tasks.runtimes.embedded.override import override
from edge_tasks.runtimes.embedded.processes import BACKEND, HOST
from edge_tasks.runtimes.plans import Override

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge_tasks.checkout.findings import Finding
    from edge_tasks.runtimes.context import RuntimeContext
    from edge_tasks.runtimes.embedded.processes import Processes
    from edge_tasks.runtimes.plans import Override


@dataclass(frozen=True)
class EmbeddedServices:
    """Looked at, stopped and removed together."""

    context: RuntimeContext
    processes: Processes

    stands_for: ClassVar[str] = "stand-ins for backend and edges, a real PostgreSQL"

    def examine(self) -> tuple[Finding, ...]:
        """What is in the way: ports, the limit of connections, a full disk, somebody else's override."""
        fleet = self.context.fleet
        open_files = check_open_files(fleet.size, machine.most_open_files())
        wanted = self.processes.wanted_ports()
        taken = ports.taken(wanted, HOST)
        of_ports = check_ports(taken, wanted, fleet.port_offset, self._fleets_on(taken))
        path = self.context.override
        twice = check_metrics_port(self.processes.metrics_port, self.processes.fixed_ports, fleet.port_offset)
        return (*twice, *open_files, *self._check_room(), *of_ports, *check_override(text_of(path), path))

    def running(self) -> tuple[str, ...]:
        """The names of what runs."""
        return self.processes.running()

    def addresses(self) -> tuple[Address, ...]:
        """What people go on with."""
        found, folder = self.processes, self.processes.folder
        light = Address("metrics", f"http://{HOST}:{found.metrics_port}/metrics", "edges")
        return (
            Address("backend", f"{found.api.rest}/jsonrpc", "B2B REST"),
            Address("backend", f"ws://{HOST}:{found.edge_port}", "edges", remark="a stand-in, like the edges"),
            Address("database", str(found.database), remark="a real PostgreSQL"),
            Address("metrics", f"{found.console}/metrics", "backend"),
            *([light] if found.metrics_port else []),
            Address("logins", f"{folder}/netrc", "curl --netrc-file"),
            Address("logins", f"{folder}/pgpass", "PGPASSFILE"),
        )

    def override(self) -> Override:
        """Nothing here starts what is in it, but people and Docker may."""
        return override(self.context)

    def show_logs(self, edges: Sequence[str], service: str, *, follow: bool) -> None:
        """The log files of light host, backend and PostgreSQL.

        Raises:
            SettingsError: there is no such service.
        """
        files = self.processes.logs
        if service and service not in files:
            raise SettingsError(f"there is no service {service!r}", hint=f"one of {', '.join(files)}")
        speak_of_edges = ("edges", BACKEND) if edges and not service else tuple(files)
        chosen = {name: files[name] for name in speak_of_edges if service in ("", name)}
        logs.show(chosen, edges, self.context.say, follow=follow)

    def stop(self, *, is_final: bool = False) -> tuple[str, ...]:  # noqa: ARG002 - it is quick anyway
        """Stop everything; the names of what ran."""
        return self.processes.stop()

    def purge(self) -> str:
        """Nothing is left outside the state directory; but a server that still runs in it must not lose its data.

        Raises:
            CommandFailed: somebody else's server holds the data directory.
        """
        data = self.processes.server.data
        if (data / "postmaster.pid").exists() and self.processes.database_port_is_taken():
            raise CommandFailed(
                f"port {self.processes.database.port} is taken, and a server seems to use {data}",
                hint="stop it, then run this again; nothing was removed",
            )
        return "the database"

    def _fleets_on(self, taken: Iterable[int]) -> dict[int, str]:
        """Which of the ports another fleet of ours has: port → its platform."""
        found = {port: platform_in(ports.command_of_owner(port)) for port in taken}
        own = self.context.platform.path
        return {port: str(platform) for port, platform in found.items() if platform not in (None, own)}

    def _check_room(self) -> list[Finding]:
        fleet, edges_folder = self.context.fleet, self.context.platform.edges_folder
        folder = self.processes.folder
        new = sum(not (edges_folder / edge.directory).exists() for edge in fleet.edges_with_directory)
        fresh = not self.processes.server.data.exists()
        return check_room(new, machine.free_disk(folder), str(folder.parent), with_database=fresh)
