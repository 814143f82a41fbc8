"""Which services are the edge, the backend, the database and Odoo in a platform's Compose project. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.project import Project, ports_of
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import index_of_service
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.checkout.project import Service

ROLES: Final = ("edge", "backend", "database", "odoo")
POSTGRES_PORT: Final = 5432
ODOO_PORT: Final = 8069
EDGE_SERVICE: Final = "openems-edge"
"""What the edge's service is called in ``docker-openems``."""

_NAMES: Final = {"edge": EDGE_SERVICE, "backend": "openems-backend", "database": "db", "odoo": "odoo16"}
_IMAGES: Final = {
    "edge": re.compile(r"openems[-_/]?edge"),
    "backend": re.compile(r"openems[-_/]?backend"),
    "database": re.compile(r"postg|timescale|pgvector|odoo[-_]?(db|database)"),
    "odoo": re.compile(r"(?:\w+-)*odoo(?![-_]?(db|database|postg))"),
}
_IS_DATABASE: Final = {"POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "PGDATA"}
_PORTS: Final = {"backend": DEFAULT.backend_ports.edges, "database": POSTGRES_PORT, "odoo": ODOO_PORT}


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
        """All services that must run, without the edges."""
        return (self.database, self.odoo, self.backend, *self.others)


def find_services(project: Project, chosen: Mapping[str, str], configured: Mapping[str, str]) -> Services:
    """Which service plays which role: as named, else as the backend's configuration has it, else as it looks.

    Args:
        project: as resolved.
        chosen: role → service, from ``invoke.yaml``.
        configured: role → host name, as ``Metadata/Odoo.config`` has it.

    Raises:
        SettingsError: no service plays a role, or more than one may.
    """
    found = {role: _find(role, project, chosen, configured) for role in ROLES}
    taken = set(found.values())
    others = tuple(name for name in project.services if name not in taken and index_of_service(name) is None)
    return Services(found["edge"], found["backend"], found["database"], found["odoo"], others)


def find_backend(project: Project, chosen: Mapping[str, str]) -> str:
    """The backend alone, before its configuration can be read.

    Raises:
        SettingsError: as :func:`find_services`.
    """
    return _find("backend", project, chosen, {})


def plays_all_roles(project: Project, chosen: Mapping[str, str]) -> bool:
    """Whether each of our roles has a service, or several that look like it."""
    services = project.services
    return all(
        _player(role, project, chosen) or any(_looks_like(role, name, services[name]) for name in services)
        for role in ROLES
    )


def with_players(project: Project, everything: Project, chosen: Mapping[str, str]) -> Project:
    """A project, with those services of ``everything`` (all profiles) that alone play a role there."""
    players = [_player(role, everything, chosen) for role in ROLES]
    missing = {name: everything.services[name] for name in players if name and name not in project.services}
    return Project(project.name, {**project.services, **missing})


def _player(role: str, project: Project, chosen: Mapping[str, str]) -> str | None:
    try:
        return _find(role, project, chosen, {})
    except SettingsError:
        return None


def _find(role: str, project: Project, chosen: Mapping[str, str], configured: Mapping[str, str]) -> str:
    services = project.services
    if role in chosen:
        if chosen[role] not in services:
            raise SettingsError(
                f"invoke.yaml names {chosen[role]!r} as the {role} service; there are {', '.join(services)}"
            )
        return chosen[role]
    for name in (configured.get(role), _NAMES[role]):
        if name in services:
            return str(name)
    alike = [name for name in services if _looks_like(role, name, services[name])]
    if len(alike) == 1:
        return alike[0]
    raise SettingsError(
        f"which service is the {role}? {' or '.join(alike) or 'none looks like it'} (of {', '.join(services)})",
        hint=f"name it in invoke.yaml: edge_tasks: {{services: {{{role}: NAME}}}}",
    )


def _looks_like(role: str, name: str, service: Service) -> bool:
    if index_of_service(name) is not None:
        return False
    is_database = bool(_IS_DATABASE & (service.get("environment") or {}).keys())
    if is_database and role in ("database", "odoo"):
        return role == "database"
    return _is_called_like(role, name, service) or any(
        port.get("target") == _PORTS.get(role, -1) for port in ports_of(service)
    )


def _is_called_like(role: str, name: str, service: Service) -> bool:
    """Whether the service, its image or the folder it is built in has a name that goes with the role."""
    image = service.get("image") or ""
    context = (service.get("build") or {}).get("context", "")
    texts = (name, image.rpartition("/")[2], image, context.rpartition("/")[2])
    return any(_IMAGES[role].match(text) for text in texts if text)
