"""A platform's Compose project, resolved by Compose itself: who is who, and which ports lead where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import index_of_service

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES: Final = ("edge", "backend", "database", "odoo")
_NAMES: Final = {"edge": "openems-edge", "backend": "openems-backend", "database": "db", "odoo": "odoo16"}
_IMAGES: Final = {
    "edge": re.compile(r"openems[-_/]?edge"),
    "backend": re.compile(r"openems[-_/]?backend"),
    "database": re.compile(r"postg|timescale|pgvector|odoo[-_]?(db|database)"),
    "odoo": re.compile(r"(?:\w+-)*odoo(?![-_]?(db|database|postg))"),
}
_IS_DATABASE: Final = {"POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "PGDATA"}
_PORTS: Final = {"edge": 8085, "backend": 8081, "database": 5432, "odoo": 8069}


@dataclass(frozen=True)
class Services:
    """The names of the four services that we deal with, and of all others.

    Attributes:
        edge: the platform's one edge, in whose place the generated services are.
        database: PostgreSQL.
        others: influxdb, the UI, …; they are started and otherwise left alone.
    """

    edge: str
    backend: str
    database: str
    odoo: str
    others: tuple[str, ...]

    @property
    def platform(self) -> tuple[str, ...]:
        """All that are to run but the edges."""
        return (self.database, self.odoo, self.backend, *self.others)


@dataclass(frozen=True)
class Project:
    """A resolved Compose project.

    Attributes:
        name: Compose's project name, by which containers, networks and volumes are called.
        services: the resolved services, by name.
    """

    name: str
    services: Mapping[str, Mapping[str, Any]]

    def with_roles_of(self, everything: Project, chosen: Mapping[str, str]) -> Project:
        """And those services of profiles that alone play a role here."""
        players = [_player(role, everything, chosen) for role in ROLES]
        missing = {name: everything.services[name] for name in players if name and name not in self.services}
        return Project(self.name, {**self.services, **missing})

    def image(self, service: str) -> str:
        """The image of a service; Compose's own name for one that is only built."""
        return str(self.services[service].get("image") or f"{self.name}-{service}")

    def published(self, service: str, target: int) -> int | None:
        """The host port that leads to a port of a service; None when none surely does."""
        for port in self.services[service].get("ports") or ():
            text = str(port.get("published") or "")
            if port.get("target") == target and port.get("protocol", "tcp") == "tcp" and text.isdigit():
                return int(text)
        return None

    def host_ports(self) -> dict[int, str]:
        """All host ports that the services want, each with its service."""
        return {
            int(port["published"]): name
            for name, service in self.services.items()
            for port in service.get("ports") or ()
            if str(port.get("published") or "").isdigit() and port.get("protocol", "tcp") == "tcp"
        }

    def shifted_ports(self, service: str, offset: int) -> tuple[str, ...]:
        """A service's published ports, each host port moved up; as Compose's short syntax has them."""
        texts = []
        for port in self.services[service].get("ports") or ():
            host = f"{port['host_ip']}:" if port.get("host_ip") else ""
            outside = str(port.get("published") or "")
            moved = f"{int(outside) + offset}:" if outside.isdigit() else ""
            texts.append(f"{host}{moved}{port['target']}/{port.get('protocol', 'tcp')}".removesuffix("/tcp"))
        return tuple(texts)

    def bind_target(self, service: str, source: str) -> str | None:
        """Where a folder of the host lies in a service's containers; None when it is not mounted."""
        for volume in self.services[service].get("volumes") or ():
            if volume.get("type") == "bind" and str(volume.get("source")).rstrip("/") == source.rstrip("/"):
                return str(volume["target"])
        return None

    def bind_sources(self) -> set[str]:
        """Files and folders of the host that are mounted into containers."""
        volumes = [volume for service in self.services.values() for volume in service.get("volumes") or ()]
        return {str(volume["source"]).rstrip("/") for volume in volumes if volume.get("type") == "bind"}

    def environment(self, service: str) -> dict[str, str]:
        """A service's environment; a variable without a value is left out."""
        found: Mapping[str, Any] = self.services[service].get("environment") or {}
        return {name: plain(str(value)) for name, value in found.items() if value is not None}


def plays_all_roles(project: Project, chosen: Mapping[str, str]) -> bool:
    """Whether somebody plays, or several may play, each of our roles."""
    services = project.services
    return all(
        _player(role, project, chosen) or any(_looks_like(role, name, services[name]) for name in services)
        for role in ROLES
    )


def _player(role: str, project: Project, chosen: Mapping[str, str]) -> str | None:
    try:
        return _find(role, project, chosen, {})
    except SettingsError:
        return None


def plain(text: str) -> str:
    """A value as a container gets it: ``docker compose config`` doubles each ``$``, as a compose file has it."""
    return text.replace("$$", "$")


def find_services(project: Project, chosen: Mapping[str, str], wired: Mapping[str, str]) -> Services:
    """Who plays which role: what was named, else what the backend's configuration names, else what looks like it.

    Args:
        project: as resolved.
        chosen: role → service, from ``invoke.yaml``.
        wired: role → host name, as ``Metadata/Odoo.config`` has it.

    Raises:
        SettingsError: nobody, or more than one, plays a role.
    """
    found = {role: _find(role, project, chosen, wired) for role in ROLES}
    taken = set(found.values())
    others = tuple(name for name in project.services if name not in taken and index_of_service(name) is None)
    return Services(found["edge"], found["backend"], found["database"], found["odoo"], others)


def find_backend(project: Project, chosen: Mapping[str, str]) -> str:
    """The backend alone, before its configuration can be read.

    Raises:
        SettingsError: as :func:`find_services`.
    """
    return _find("backend", project, chosen, {})


def _find(role: str, project: Project, chosen: Mapping[str, str], wired: Mapping[str, str]) -> str:
    services = project.services
    if role in chosen:
        if chosen[role] not in services:
            raise SettingsError(
                f"invoke.yaml names {chosen[role]!r} as the {role} service; there are {', '.join(services)}"
            )
        return chosen[role]
    for name in (wired.get(role), _NAMES[role]):
        if name in services:
            return str(name)
    alike = [name for name in services if _looks_like(role, name, services[name])]
    if len(alike) == 1:
        return alike[0]
    raise SettingsError(
        f"which service is the {role}? {' or '.join(alike) or 'none looks like it'} (of {', '.join(services)})",
        hint=f"name it in invoke.yaml: edge_tasks: {{services: {{{role}: NAME}}}}",
    )


def _looks_like(role: str, name: str, service: Mapping[str, Any]) -> bool:
    if index_of_service(name) is not None:
        return False
    environment: Mapping[str, Any] = service.get("environment") or {}
    if role == "odoo" and _IS_DATABASE & environment.keys():
        return False
    if role == "database" and _IS_DATABASE & environment.keys():
        return True
    context = str((service.get("build") or {}).get("context", "")).rpartition("/")[2]
    texts = (name, str(service.get("image") or "").rpartition("/")[2], str(service.get("image") or ""), context)
    if any(_IMAGES[role].match(text) for text in texts if text):
        return True
    return role != "edge" and any(port.get("target") == _PORTS[role] for port in service.get("ports") or ())
