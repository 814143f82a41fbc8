"""The platform's Compose project as a whole: looked at, stopped, removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.checkout.override import LIGHT_SERVICE
from edge_tasks.runtimes.address import Address
from edge_tasks.runtimes.docker import edge_files, examination, hosting, removal
from edge_tasks.runtimes.docker.host_ports import HOST
from edge_tasks.runtimes.docker.log_names import service_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.checkout.findings import Finding
    from edge_tasks.runtimes.docker.database import PlatformDatabase
    from edge_tasks.runtimes.docker.stack import Stack
    from edge_tasks.runtimes.plans import Override


@dataclass(frozen=True)
class DockerServices:
    """The services of the user's own files and of our override."""

    stack: Stack
    database: PlatformDatabase

    @property
    def stands_for(self) -> str:
        """What is real: everything. Also, if the backend's REST API is not asked."""
        has_rest = not edge_files.is_complete(self.stack) or self.stack.asks_rest
        late = "" if has_rest else ", judged without a B2B REST API (no values)"
        return f"the platform's own services, a container for each edge{late}"

    def examine(self) -> tuple[Finding, ...]:
        """What is wrong with the machine or the platform."""
        return examination.examine(self.stack)

    def running(self) -> tuple[str, ...]:
        """The services that run."""
        return tuple(sorted(container.service for container in self.stack.containers() if container.is_running))

    def addresses(self) -> tuple[Address, ...]:
        """What people go on with."""
        stack = self.stack
        offset = stack.context.fleet.port_offset
        ui = [
            Address(name, f"http://localhost:{port + offset}")
            for port, name in stack.project.host_ports().items()
            if "ui" in name.split("-")
        ]
        name, login = stack.services.odoo, "Odoo's admin" if stack.services.odoo else "any login"
        odoo = [Address(name, f"http://localhost:{stack.ports['odoo']}")] if name else []
        rest = [Address("backend", f"{stack.rest.rest}/jsonrpc", f"B2B REST, {login}")] if stack.asks_rest else []
        port = stack.light_options.metrics_port
        metrics = [Address("metrics", f"http://{HOST}:{port}/metrics", "light edges")] if port else []
        return (*ui, *odoo, *rest, *self._devices, *metrics)

    @property
    def _devices(self) -> list[Address]:
        """Where the devices are that the backend knows."""
        if self.stack.services.database:
            return [Address("database", str(self.stack.database))]
        return [Address("devices", str(self.database.registry))]

    def override(self) -> Override:
        """A service for each edge, and what the platform's own ones get on top."""
        return hosting.override(self.stack)

    def show_logs(self, edges: Sequence[str], service: str, *, follow: bool) -> None:
        """``docker compose logs``.

        Raises:
            SettingsError: there is no such service.
        """
        stack = self.stack
        fleet, named = stack.context.fleet, set(edges)
        wanted = [edge.service for edge in fleet.edges_with_directory if edge.name in named]
        if any(edge.name in named for edge in fleet.light_edges):
            wanted.append(LIGHT_SERVICE)
        if service:
            wanted.append(service_of(service, stack.project.services, stack.containers(), stack.project.name))
        stack.compose.show_logs(wanted, follow=follow)

    def stop(self, *, is_final: bool = False) -> tuple[str, ...]:
        """Remove all containers of the project; volumes stay."""
        return removal.stop(self.stack, is_final=is_final)

    def purge(self) -> str:
        """Remove the database that we made, or our rows in one that was there before; which, for people.

        Raises:
            FileRefused: a file that has our entries cannot be read; nothing was removed.
            NotWritable: it cannot be written; nothing was removed.
        """
        return removal.purge(self.stack, self.database)
