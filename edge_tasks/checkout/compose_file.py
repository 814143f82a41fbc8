"""What we need to know of a platform's compose file as it is written."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import read_utf8
from edge_tasks.checkout import yaml_text
from edge_tasks.checkout.added_edge import with_edge
from edge_tasks.checkout.as_written import parse_services, read_services
from edge_tasks.checkout.compose_variable import VARIABLE, named_files
from edge_tasks.checkout.override import is_ours
from edge_tasks.checkout.project import Project, Service
from edge_tasks.checkout.roles import EDGE_SERVICE, find_edge
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import index_of_service

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMES: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""In Compose's own order of precedence."""

_OVERRIDES: Final = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
"""Of overrides, in the same order."""

_ANYWHERE: Final = Path()


@dataclass(frozen=True)
class ComposeFile:
    """The platform's edge service, which the generated ones replace.

    Attributes:
        service: its name.
        image: its image; ``openems-edge:latest`` when the file names none.
        networks: the networks it is attached to by name.
        dependents: services that depend on it, so that a profile must not disable it.
        edge: all that is said of it; its environment may hold secrets.
        is_added: it is not in the file, since the checkout has no edge of its own.
    """

    service: str
    image: str
    networks: tuple[str, ...]
    dependents: tuple[str, ...]
    edge: Service = field(default_factory=Service, repr=False)
    is_added: bool = False


def find_compose_file(platform: Path) -> Path:
    """The compose file that Compose itself would use.

    Raises:
        SettingsError: there is none.
    """
    for name in NAMES:
        if (platform / name).is_file():
            return platform / name
    raise SettingsError(
        f"{platform} has no compose file (looked for {', '.join(NAMES)})",
        hint="name a docker-openems checkout with --platform, or leave it out to use the bundled platform",
    )


def find_compose_files(platform: Path) -> tuple[Path, ...]:
    """The files that Compose reads by itself: those of ``COMPOSE_FILE``, else the usual one and its override.

    Raises:
        SettingsError: there is no compose file, or one cannot be read.
    """
    if named := named_files(platform, os.environ):
        for path in named:
            _require(path)
        return tuple(path for path in named if not is_ours(read_utf8(path)))
    found = (platform / name for name in _OVERRIDES)
    own = (path for path in found if path.is_file() and not is_ours(read_utf8(path)))
    return (find_compose_file(platform), *islice(own, 1))


def _require(path: Path) -> None:
    if not path.is_file():
        raise SettingsError(
            f"{path} is not there, but {VARIABLE} names it", hint=f"correct {VARIABLE} in .env, or remove it"
        )


def parse_compose_file(
    text: str, name: str, service: str = EDGE_SERVICE, folder: Path = _ANYWHERE
) -> ComposeFile:
    """Read the text of a compose file, called ``name`` in messages, whose edge service is called ``service``.

    If no service has the stock name, the one that looks like an edge is taken.

    Raises:
        SettingsError: it is no YAML (with the line), or has no such service.
    """
    return _compose_file(parse_services(text, name, folder), name, service)


def read_compose_files(files: Sequence[Path], folder: Path, service: str = EDGE_SERVICE) -> ComposeFile:
    """Read compose files and those that they include, as :func:`parse_compose_file` does.

    Args:
        files: the first one, and overrides of it.
        folder: which relative paths in them are relative to.
        service: the edge service's name.

    Raises:
        SettingsError: a file is no YAML (with the line), or none of them has such a service.
    """
    return _compose_file(read_services(files, folder), str(files[0]), service)


def _compose_file(services: Mapping[str, Service], name: str, service: str) -> ComposeFile:
    project = with_edge(Project("", services), {})
    services, found = project.services, find_edge(project.services, service)
    if found is None:
        raise SettingsError(
            f"{name} has no service {service} (it has {', '.join(services) or 'none'})",
            hint="the generated services replace it;"
            " name it in invoke.yaml: edge_tasks: {services: {edge: NAME}}",
        )
    edge = services[found]
    return ComposeFile(
        service=found,
        image=str(edge.get("image") or f"{found}:latest"),
        networks=tuple(edge.get("networks") or ()),
        dependents=tuple(other for other, entry in services.items() if depends(entry, found)),
        edge=edge,
        is_added=found == project.added,
    )


def published_ports(text: str) -> dict[tuple[str, int], int]:
    """(service, port inside) → host port, of a file that we generated (``"127.0.0.1:15432:5432"``)."""
    document = yaml_text.load(text, any_tag=True)
    services = document.get("services") if isinstance(document, dict) else None
    found = {}
    for service, entry in (services or {}).items():
        for port in (entry.get("ports") or ()) if isinstance(entry, dict) else ():
            *_, outside, inside = str(port).split(":")
            found[(str(service), int(inside))] = int(outside)
    return found


def edges_of(text: str) -> tuple[str, ...]:
    """The services in a compose file that are called as generated edges are; none of a text that is no YAML."""
    try:
        document = yaml_text.load(text, any_tag=True)
    except yaml_text.YamlError:
        return ()
    services = document.get("services") if isinstance(document, dict) else None
    names = map(str, services) if isinstance(services, dict) else ()
    return tuple(name for name in names if index_of_service(name) is not None)


def place(text: str, name: str, *path: str) -> str:
    """``name:line`` of an entry of the compose file called ``name``, or of the nearest one around it."""
    return f"{name}:{yaml_text.line_of(text, *path)}"


def depends(service: object, on: str) -> bool:
    """Whether a service, as written or as resolved, cannot be without another."""
    if not isinstance(service, dict):
        return False
    names = list(service.get("depends_on") or ())
    for key in ("links", "volumes_from"):  # "name", "name:alias" or "name:ro"
        names += [str(entry).partition(":")[0] for entry in service.get(key) or ()]
    for key in ("network_mode", "ipc", "pid"):  # "service:name"
        names.append(str(service.get(key, "")).removeprefix("service:"))
    return on in names
