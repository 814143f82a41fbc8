"""What we need to know of a platform's compose file as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout import yaml_text
from edge_tasks.checkout.roles import EDGE_SERVICE
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

NAMES: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""In Compose's own order of precedence."""


@dataclass(frozen=True)
class ComposeFile:
    """The platform's edge service, which the generated ones replace.

    Attributes:
        service: its name.
        image: its image; ``openems-edge:latest`` when the file names none.
        networks: the networks it is attached to by name.
        dependents: services that depend on it, so that a profile must not disable it.
    """

    service: str
    image: str
    networks: tuple[str, ...]
    dependents: tuple[str, ...]


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


def parse_compose_file(text: str, name: str, service: str = EDGE_SERVICE) -> ComposeFile:
    """Read the text of a compose file, called ``name`` in messages, whose edge service is called ``service``.

    Raises:
        SettingsError: it is no YAML (with the line), or has no such service.
    """
    services = _services(text, name)
    edge = services.get(service)
    if not isinstance(edge, dict):
        raise SettingsError(
            f"{name} has no service {service} (it has {', '.join(map(str, services)) or 'none'})",
            hint="the generated services replace it;"
            " name it in invoke.yaml: edge_tasks: {services: {edge: NAME}}",
        )
    return ComposeFile(
        service=service,
        image=str(edge.get("image") or f"{service}:latest"),
        networks=tuple(map(str, edge.get("networks") or ())),
        dependents=tuple(str(other) for other, found in services.items() if depends(found, service)),
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


def _services(text: str, name: str) -> dict[object, object]:
    try:
        document = yaml_text.load(text, any_tag=True)
    except yaml_text.YamlError as error:
        where = f"{name}:{error.line}" if error.line else name
        raise SettingsError(f"{where}: not valid YAML", hint="docker compose config says more") from None
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict):
        raise SettingsError(f"{name} has no services", hint="is it a compose file?")
    return services
