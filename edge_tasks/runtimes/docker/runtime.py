"""The docker runtime, as the steps ask it: each question goes to the module that knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.override import LIGHT_SERVICE
from edge_tasks.registry.odoo import table
from edge_tasks.runtimes.docker import (
    backend_service,
    examination,
    hosting,
    images,
    light_container,
    odoo_database,
    removal,
)
from edge_tasks.runtimes.docker import edge_containers as containers
from edge_tasks.runtimes.docker.stack import HOST, Stack
from edge_tasks.runtimes.light_host import LightHost, metrics_port_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from edge_tasks.checkout.compose_file import ComposeFile
    from edge_tasks.checkout.findings import Finding
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.plan import Plan
    from edge_tasks.registry.odoo.table import Database
    from edge_tasks.runtimes.docker.context import Ground
    from edge_tasks.runtimes.protocols import EdgeProcess, Witness, Written


class DockerRuntime:
    """The platform's own services, and a container for each edge."""

    name: Final = "docker"

    def __init__(self, ground: Ground) -> None:
        self.stack = Stack(ground)
        self._ground = ground
        container = light_container.LightContainer(self.stack)
        self._light = LightHost(
            container,
            light_container.FLEET,
            ground.platform.edges_folder,
            ground.fleet,
            lambda edge: ground.render(edge, self.uri),
            manner=light_container.manner(self.stack),
        )

    @property
    def stands_for(self) -> str:
        """All of it is real; whom it believes where the backend has no REST API."""
        late = ", judged by PostgreSQL: up to 30 s late, no values" if self.stack.wiring.rest_port is None else ""
        return f"the platform's own services, a container for each edge{late}"

    @property
    def uri(self) -> str:
        """Where the edges connect to, inside the Compose network."""
        return f"ws://{self.stack.services.backend}:{self.stack.wiring.edge_port}"

    @property
    def api(self) -> Witness:
        """Who says which edges are online."""
        return self.stack.api

    @property
    def database(self) -> Database:
        """Where the device table is."""
        return self.stack.database

    def override(self, edges: Sequence[Edge], _compose: Callable[[], ComposeFile]) -> str:
        """The compose override's text."""
        return hosting.render(self.stack, edges)

    def companions(self) -> dict[Path, str]:
        """Private files that it refers to."""
        return hosting.companions(self.stack)

    def examine(self) -> tuple[Finding, ...]:
        """What is wrong with the machine or the platform."""
        return examination.examine(self.stack)

    def find_correction(self) -> tuple[str, ...]:
        """Is our corrected copy of the backend's configuration, if one was asked for, to be written?"""
        return examination.find_correction(self.stack)

    def correct(self) -> None:
        """Write it."""
        examination.correct(self.stack)

    def find_build(self) -> Plan:
        """Images to build or fetch."""
        return images.find(self.stack)

    def build(self) -> str:
        """Build and fetch them."""
        return images.build(self.stack)

    @property
    def database_is_ready(self) -> bool:
        """PostgreSQL runs, with the device table in it."""
        return table.has_table(self.database)

    def find_database(self) -> tuple[str, ...]:
        """What is still to be done for PostgreSQL and Odoo."""
        return odoo_database.find(self.stack)

    def prepare_database(self) -> str:
        """Do it."""
        return odoo_database.prepare(self.stack)

    def backend_is_current(self) -> bool:
        """All services of the platform run, configured as they are to be."""
        return not backend_service.find(self.stack)

    def start_backend(self) -> None:
        """Start them, and wait until the backend has its devices."""
        backend_service.start(self.stack)
        self.claim()

    def backend_instance(self) -> str | None:
        """Container and start of the backend; None when it does not run."""
        container = self.stack.container(self.stack.services.backend)
        return f"{container.id[:12]}@{container.started}" if container and container.is_running else None

    def backend_started(self) -> float:
        """When it was started, seconds since 1970; 0.0 when it does not run."""
        container = self.stack.container(self.stack.services.backend)
        return container.started if container and container.is_running else 0.0

    def read_devices_again(self) -> None:
        """Make the backend read its devices; ``up`` brings the edges back."""
        backend_service.read_again(self.stack)

    def find_edges(self, written: Mapping[str, Written]) -> tuple[str, ...]:
        """What is to be done so that exactly these edges run."""
        of_light = self._light.find_edges({}) if self._ground.fleet.light else ()
        return (*containers.find(self.stack, written).changes, *of_light)

    def start_edges(self, written: Mapping[str, Written]) -> str:
        """Do it, in batches."""
        did = [self._light.start_edges({})] if self._ground.fleet.light else []
        if self._ground.fleet.full or not did:
            did.append(containers.start(self.stack, written))
        return ", ".join(reversed(did))

    def visible(self, names: Sequence[str]) -> frozenset[str]:
        """The devices that people see in Odoo."""
        return self.stack.odoo.visible(names)

    def processes(self) -> dict[str, EdgeProcess]:
        """The edges, by name."""
        of_light = self._light.processes() if self._ground.fleet.light else {}
        return {**containers.processes(self.stack), **of_light}

    def running(self) -> tuple[str, ...]:
        """The services that run."""
        return tuple(sorted(container.service for container in self.stack.containers() if container.is_running))

    def show_logs(self, edges: Sequence[str], service: str, *, follow: bool) -> None:
        """``docker compose logs``."""
        fleet, named = self._ground.fleet, set(edges)
        wanted = [edge.service for edge in fleet.edges_with_directory if edge.name in named]
        if any(edge.name in named for edge in fleet.light_edges):
            wanted.append(LIGHT_SERVICE)
        self.stack.compose.show_logs([*wanted, *([service] if service else [])], follow=follow)

    def stop(self) -> tuple[str, ...]:
        """Remove all containers of the project; volumes stay."""
        return removal.stop(self.stack)

    def purge(self) -> str:
        """Remove the database that we made, or our rows in one that was there before; which, for people."""
        return removal.purge(self.stack)

    def claim(self) -> None:
        """Make what containers wrote as root in our directories, and the backend in its own, the caller's."""
        removal.claim(self.stack)

    def addresses(self) -> tuple[tuple[str, str], ...]:
        """What people go on with: a word, and where."""
        stack = self.stack
        ui = [
            (name, f"http://localhost:{port + self._ground.fleet.port_offset}")
            for port, name in stack.project.host_ports().items()
            if "ui" in name.split("-")
        ]
        odoo = (stack.services.odoo, f"http://localhost:{stack.ports['odoo']}")
        rest = (
            [("backend", f"{stack.rest.rest}/jsonrpc (B2B REST, Odoo's admin)")] if "rest" in stack.ports else []
        )
        port = metrics_port_of(self._ground.choices, self._ground.fleet.port_offset)
        metrics = [("metrics", f"http://{HOST}:{port}/metrics (light edges)")] if port else []
        return (*ui, odoo, *rest, ("database", str(stack.database)), *metrics)
