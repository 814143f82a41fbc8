"""Which services are the edge, the backend, the database and Odoo in a platform's Compose project. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.project import Project, ports_of
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import index_of_service
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.checkout.project import Service

ROLES: Final = ("edge", "backend", "database", "odoo")
BACKEND_EDGE: Final = "backend-edge"
"""The role of the program that edges connect to, where the backend is two programs (from 2026.2 on)."""

WITHOUT_ODOO: Final = ("edge", "backend")
"""The roles that must be played where the backend does not know its devices from Odoo."""

NAMEABLE: Final = (*ROLES, BACKEND_EDGE)
"""The roles that ``invoke.yaml`` may name a service for."""

POSTGRES_PORT: Final = 5432
ODOO_PORT: Final = 8069
EDGE_SERVICE: Final = "openems-edge"
"""What the edge's service is called in ``docker-openems``."""

BACKEND_SERVICE: Final = "openems-backend"
"""What the backend is called there."""

_NAMES: Final = {"edge": EDGE_SERVICE, "backend": BACKEND_SERVICE, "database": "db", "odoo": "odoo16"}
_IMAGES: Final = {
    "edge": re.compile(r"openems[-_/]?edge"),
    "backend": re.compile(r"openems[-_/]?backend(?![-_]?edge)"),
    BACKEND_EDGE: re.compile(r"openems[-_/]?backend[-_]?edge"),
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
        database: PostgreSQL; like Odoo it is empty where the backend does not know its devices from Odoo.
        others: influxdb, the UI, …; they are started and otherwise left alone.
        backend_edge: the second program of a backend, which edges connect to; empty where there is one program.
    """

    edge: str
    backend: str
    database: str
    odoo: str
    others: tuple[str, ...]
    backend_edge: str = ""

    @property
    def platform(self) -> tuple[str, ...]:
        """All services that must run, without the edges."""
        return tuple(filter(None, (self.database, self.odoo, self.backend, self.backend_edge, *self.others)))

    @property
    def door(self) -> str:
        """The service that edges connect to."""
        return self.backend_edge or self.backend


def find_services(
    project: Project,
    chosen: Mapping[str, str],
    configured: Mapping[str, str],
    roles: Sequence[str] = ROLES,
) -> Services:
    """Which service plays which role: as named, else as the backend's configuration has it, else as it looks.

    Args:
        project: as resolved.
        chosen: role → service, from ``invoke.yaml``.
        configured: role → host name, as ``Metadata/Odoo.config`` has it.
        roles: those that must be played.

    Raises:
        SettingsError: no service plays a role, or more than one may.
    """
    found = {role: _find(role, project, chosen, configured) if role in roles else "" for role in ROLES}
    backend_edge = find_backend_edge(project, chosen)
    taken = {*found.values(), backend_edge}
    others = tuple(name for name in project.services if name not in taken and index_of_service(name) is None)
    return Services(found["edge"], found["backend"], found["database"], found["odoo"], others, backend_edge)


def looking_like(role: str, project: Project) -> tuple[str, ...]:
    """The services that look like a role, whoever is chosen for it."""
    return tuple(name for name, service in project.services.items() if _looks_like(role, name, service))


def find_backend_edge(project: Project, chosen: Mapping[str, str]) -> str:
    """The backend's second program; empty where no service, or more than one, looks like it.

    Raises:
        SettingsError: ``invoke.yaml`` names one that is not there.
    """
    if BACKEND_EDGE in chosen:
        return _find(BACKEND_EDGE, project, chosen, {})
    alike = looking_like(BACKEND_EDGE, project)
    return alike[0] if len(alike) == 1 else ""


def find_backend(project: Project, chosen: Mapping[str, str]) -> str:
    """The backend alone, before its configuration can be read.

    Raises:
        SettingsError: as :func:`find_services`.
    """
    return _find("backend", project, chosen, {})


def find_own_edge(project: Project, chosen: Mapping[str, str]) -> str:
    """The platform's own edge alone, whatever else it has.

    Raises:
        SettingsError: as :func:`find_services`.
    """
    return _find("edge", project, chosen, {})


def find_edge(services: Mapping[str, Service], name: str) -> str | None:
    """The edge's service in a compose file as it is written; None where none, or more than one, may be it.

    Args:
        services: by name.
        name: how it is called; the stock name also stands for the one service that looks like an edge.
    """
    if name in services:
        return name
    alike = [found for found in services if _looks_like("edge", found, services[found])]
    return alike[0] if len(alike) == 1 and name == EDGE_SERVICE else None


def missing_roles(project: Project, chosen: Mapping[str, str], roles: Sequence[str] = ROLES) -> tuple[str, ...]:
    """Which of these roles no service plays, and none looks like."""
    services = project.services
    return tuple(
        role
        for role in roles
        if not find_player(role, project, chosen)
        and not any(_looks_like(role, name, services[name]) for name in services)
    )


def plays_openems(project: Project) -> bool:
    """Whether a service looks like a program of OpenEMS: an edge, a backend, or a part of one."""
    roles = ("edge", "backend", BACKEND_EDGE)
    return any(_looks_like(role, name, one) for role in roles for name, one in project.services.items())


def with_players(
    project: Project, everything: Project, chosen: Mapping[str, str], roles: Sequence[str]
) -> Project:
    """A project, with those services of ``everything`` (all profiles) that alone play one of the roles there."""
    players = [find_player(role, everything, chosen) for role in missing_roles(project, chosen, roles)]
    missing = {name: everything.services[name] for name in players if name and name not in project.services}
    return replace(project, services={**project.services, **missing})


def find_player(role: str, project: Project, chosen: Mapping[str, str]) -> str | None:
    """The service that plays a role; None where none, or more than one, does."""
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
    for name in (configured.get(role), _NAMES.get(role)):
        if name in services:
            return str(name)
    alike = [name for name in services if _looks_like(role, name, services[name])]
    if len(alike) == 1:
        return alike[0]
    if not alike and role != "edge":
        raise SettingsError(
            f"the compose file has no service for the {role}: none of {', '.join(services)} looks like it",
            hint="the docker runtime needs a backend there, and with Metadata.Odoo PostgreSQL and Odoo;"
            " --runtime embedded needs none of"
            f" them; or name it in invoke.yaml: edge_tasks: {{services: {{{role}: NAME}}}}",
        )
    raise SettingsError(
        f"which service is the {role}? {' or '.join(alike) or 'none looks like it'} (of {', '.join(services)})",
        hint=f"name it in invoke.yaml: edge_tasks: {{services: {{{role}: NAME}}}}",
    )


def reason_for(
    role: str, name: str, project: Project, chosen: Mapping[str, str], configured: Mapping[str, str]
) -> str:
    """Why a service plays a role, for people; the other arguments are those of :func:`find_services`."""
    if chosen.get(role) == name:
        return "invoke.yaml names it"
    if configured.get(role) == name:
        return "the backend's configuration leads to it"
    if _NAMES.get(role) == name:
        return "its name"
    return _likeness(role, name, project.services[name])


def _looks_like(role: str, name: str, service: Service) -> bool:
    return bool(_likeness(role, name, service))


def _likeness(role: str, name: str, service: Service) -> str:
    """What makes a service look like a role, for people; empty if nothing does."""
    if index_of_service(name) is not None:
        return ""
    is_database = bool(_IS_DATABASE & (service.get("environment") or {}).keys())
    if is_database and role in ("database", "odoo"):
        return "its environment is that of a PostgreSQL" if role == "database" else ""
    if _called_like(BACKEND_EDGE, name, service) and role != BACKEND_EDGE:
        return ""  # it has the backend's port for edges
    port = _PORTS.get(role, -1)
    by_port = f"its port {port}" if any(one.get("target") == port for one in ports_of(service)) else ""
    return _called_like(role, name, service) or by_port


def _called_like(role: str, name: str, service: Service) -> str:
    """What of a service has a name that goes with the role, for people: itself, its image, its build folder."""
    image = service.get("image") or ""
    context = (service.get("build") or {}).get("context", "")
    texts = {
        name: "its name",
        image.rpartition("/")[2]: f"its image {image}",
        image: f"its image {image}",
        context.rpartition("/")[2]: f"it is built in {context}",
    }
    return next((why for text, why in texts.items() if text and _IMAGES[role].match(text)), "")
