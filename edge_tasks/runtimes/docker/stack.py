"""The platform's Compose project as it is found: services, wiring, ports, containers."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.docker import Docker
from edge_tasks.adapters.files import read_utf8
from edge_tasks.checkout.added_edge import with_edge
from edge_tasks.checkout.backend_config import METADATA
from edge_tasks.checkout.compose_file import find_compose_files, place
from edge_tasks.checkout.roles import (
    ROLES,
    WITHOUT_ODOO,
    Services,
    find_own_edge,
    find_services,
    plays_openems,
    with_players,
)
from edge_tasks.checkout.silent_rest import reason_for_silence
from edge_tasks.checkout.survey import Survey
from edge_tasks.checkout.timedata_findings import service_of
from edge_tasks.errors import CommandFailed, SettingsError
from edge_tasks.openems.release import release_of
from edge_tasks.registry.odoo.rpc import Odoo
from edge_tasks.registry.odoo.server import Database
from edge_tasks.runtimes.docker import witnesses
from edge_tasks.runtimes.docker.backend_files import BackendFiles
from edge_tasks.runtimes.docker.compose import Compose
from edge_tasks.runtimes.docker.host_ports import HOST, ReachedPorts
from edge_tasks.runtimes.docker.options import DockerOptions
from edge_tasks.runtimes.docker.volume_files import read_volumes
from edge_tasks.runtimes.light_options import LightOptions

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.adapters.containers import Container, Image
    from edge_tasks.checkout.backend_config import BackendConfig
    from edge_tasks.checkout.project import Project
    from edge_tasks.proof.backend_api import BackendApi
    from edge_tasks.proof.protocol import StatusSource
    from edge_tasks.runtimes.context import RuntimeContext

ENVIRONMENT_FILE: Final = "edge.env"
"""In the state directory: what edges get of the environment of the platform's own one."""
JAVA_VARIABLE: Final = "OPENEMS_JAVA"
"""The variable that tells the bundled platform's compose file the Java of the release."""


class Stack:
    """Reads once what does not change during a call; containers are read again each time."""

    def __init__(self, context: RuntimeContext) -> None:
        self.context = context
        self.options = DockerOptions.of(context.choices, context.flags)
        self.light_options = LightOptions.of(context.choices, context.fleet.port_offset)
        java = {JAVA_VARIABLE: str(release_of(context.told_release).java)} if context.platform.bundled else {}
        self.docker = Docker(context.state.folder / "docker.log", context.echo, java)
        self._hashed: tuple[tuple[int, ...], dict[str, frozenset[str]]] = (), {}

    @cached_property
    def compose(self) -> Compose:
        """The user's files and our override."""
        context = self.context
        platform = context.platform
        found = (path for path in find_compose_files(platform.source) if path != context.override)
        files = tuple(os.path.relpath(path, platform.source) for path in found)
        name = self.options.project_name
        return Compose(self.docker, platform.path, files, context.override, name, platform.source)

    def place(self, service: str, *path: str) -> str:
        """File and line of an entry of a service, in the first of the user's files that has the service."""
        for name in self.compose.files:
            text = read_utf8(self.context.platform.source / name)
            found = place(text, name, "services", service, *path)
            if found != place(text, name, "services"):
                return found
        return f"service {service}"

    @cached_property
    def project(self) -> Project:
        """The user's own services, resolved by Compose; one of a profile only if it plays a role that is needed.

        If they have no edge, one is added, like which ours are made.
        """
        found, named = self.compose.project(), self.context.services_named
        if self._may_have_profiles:
            everything = self.compose.project(profiles="*")
            if len(everything.services) > len(found.services):
                found = with_players(found, everything, named, WITHOUT_ODOO)
                found = with_players(found, everything, named, self._survey_of(found).roles)
        return with_edge(found, named)

    @cached_property
    def edge_image(self) -> Image:
        """What the edges' image says of itself."""
        return self.docker.image(self.project.image(self.own_edge))

    def forget_edge_image(self) -> None:
        """Forget what was read: it may have been built again."""
        self.__dict__.pop("edge_image", None)

    @cached_property
    def is_rootless(self) -> bool:
        """Whether root in a container is the user who runs the engine."""
        return self.docker.is_rootless()

    @cached_property
    def own_edge(self) -> str:
        """The platform's own edge service, also where the others are missing."""
        return find_own_edge(self.project, self.context.services_named)

    @cached_property
    def services(self) -> Services:
        """Which service plays which role."""
        hosts = self.backend_files.original.hosts
        return find_services(self.project, self.context.services_named, hosts, self.roles)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that must be played: what knows the backend's devices may need no Odoo.

        Raises:
            SettingsError: the backend's configuration does not say what that is.
        """
        return ROLES if self.backend_files.metadata.needs_odoo else WITHOUT_ODOO

    @cached_property
    def survey(self) -> Survey:
        """What the platform is, and which release of OpenEMS it has."""
        return self._survey_of(self.project)

    @cached_property
    def backend_files(self) -> BackendFiles:
        """The files that configure the backend."""
        return BackendFiles(self)

    @property
    def backend_config(self) -> Path:
        """The host's folder with the backend's ``config.d``.

        Raises:
            SettingsError: there is none.
        """
        return self.backend_files.folder

    @property
    def wiring(self) -> BackendConfig:
        """What the backend is told: the platform's own files, or our corrected copy of them."""
        return self.backend_files.wiring

    @cached_property
    def asks_rest(self) -> bool:
        """Whether the backend has a B2B REST API that, in its release, can say who is online."""
        return self.wiring.rest_port is not None and not reason_for_silence(self.survey)

    @property
    def edge_port(self) -> int:
        """Where edges connect, inside the container of the program that they connect to."""
        return self.survey.backend_edge_port if self.services.backend_edge else self.wiring.edge_port

    @property
    def influxdb(self) -> tuple[str, int] | None:
        """The service and port where the backend's ``Timedata.InfluxDB`` stores; None if that is not here."""
        provider = self.backend_files.timedata.influxdb
        if provider is None or provider.is_read_only:
            return None
        service = service_of(provider, self.project)
        return (service, provider.port) if service else None

    @cached_property
    def reached(self) -> ReachedPorts:
        """The ports of the host by which the platform is reached."""
        return ReachedPorts(self)

    @property
    def ports(self) -> dict[str, int]:
        """The ports of the host by which we reach the platform: a word for what a port leads to → the port."""
        return self.reached.found

    @property
    def tool_image(self) -> str:
        """An image with a shell, in which we do what only root may."""
        return self.project.image(self.services.database or self.own_edge)

    @property
    def database(self) -> Database:
        """The device table, as the backend's own user."""
        values = self.wiring.values
        user, password = str(values["pgUser"]), str(values["pgPassword"])
        remedy = f"give PostgreSQL's role {user} the pgPassword of {METADATA} again (ALTER ROLE)"
        return Database(HOST, self.ports["database"], user, password, str(values["database"]), remedy)

    @property
    def odoo(self) -> Odoo:
        """Odoo, as the backend's own user."""
        values = self.wiring.values
        url = f"http://{HOST}:{self.ports['odoo']}"
        return Odoo(url, str(values["database"]), int(values["odooUid"]), str(values["odooPassword"]))

    @cached_property
    def status(self) -> StatusSource:
        """The best source that says which edges are online."""
        return witnesses.best_of(self)

    @cached_property
    def rest(self) -> BackendApi:
        """The backend's B2B REST API, as admin."""
        return witnesses.rest_of(self)

    def hashes(self) -> dict[str, frozenset[str]]:
        """:meth:`Compose.hashes`, asked again when one of our files was written."""
        ours = (self.context.override, self.context.state.folder / ENVIRONMENT_FILE)
        written = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in ours)
        if written != self._hashed[0]:
            self._hashed = written, self.compose.hashes()
        return self._hashed[1]

    def containers(self) -> tuple[Container, ...]:
        """All containers of the project.

        Raises:
            SettingsError: another checkout has a project of this name.
        """
        found = self.compose.containers(self.project.name)
        home = str(self.context.platform.path)
        strangers = {container.folder for container in found if container.folder and container.folder != home}
        if strangers:
            raise SettingsError(
                f"Compose's project {self.project.name!r} is already used by {', '.join(sorted(strangers))}",
                hint="give this one a name of its own: --project-name NAME",
            )
        return found

    def container(self, service: str) -> Container | None:
        """The container of one of the platform's services."""
        return next((found for found in self.containers() if found.service == service), None)

    def require_running(self, service: str) -> None:
        """Raise when there is nothing to wait for.

        Raises:
            CommandFailed: its container has ended, with its last lines.
        """
        container = self.container(service)
        if container is None:
            raise CommandFailed(f"{service} has no container", hint=f"see {self.docker.log}")
        if container.state in ("exited", "dead", "restarting"):
            lines = "\n    ".join((f"{service}: {container.why}", *self.docker.last_lines(container.id)))
            raise CommandFailed(lines, hint=f"docker logs {container.name}")

    def _survey_of(self, project: Project) -> Survey:
        context = self.context
        names = {project.image(name) for name in project.services if plays_openems(project.only(name))}
        labels = {name: self.docker.image(name).labels for name in names}
        found = Survey(context.platform, project, context.services_named, context.told_release, labels)
        return replace(found, in_volume=read_volumes(self.docker, found))

    @property
    def _may_have_profiles(self) -> bool:
        """Whether Compose is worth a second question, which takes it a while."""
        texts = (read_utf8(self.context.platform.source / name) for name in self.compose.files)
        return any(word in text for text in texts for word in ("profiles", "include", "extends"))
