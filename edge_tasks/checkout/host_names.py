"""The names by which Java finds services in a Compose network. Pure.

``URI.getHost()`` is null for a name with an underscore, and then an edge calls itself. OpenEMS' own compose files
name services so. Such a service gets a second name from us.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from edge_tasks.checkout.project import Project, Service

_LABEL: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*"
_JAVA_HOST: Final = re.compile(_LABEL + r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_OTHERS: Final = re.compile(r"[^A-Za-z0-9]+")


def is_java_host(name: str) -> bool:
    """Whether Java takes it for the host of a URI (RFC 2396): letters, digits, and hyphens within."""
    return bool(_JAVA_HOST.fullmatch(name))


def host_of(service: str, services: Collection[str]) -> str:
    """The name by which Java reaches a service: its own, or the one that we give it.

    Args:
        service: its name.
        services: the names of all, which no new name may be.
    """
    if is_java_host(service):
        return service
    found = _OTHERS.sub("-", service).strip("-")
    if not is_java_host(found):
        found = f"service-{found}".rstrip("-")
    while found in services:
        found += "-0"
    return found


def aliases(service: str, project: Project) -> dict[str, dict[str, list[str]]]:
    """A service's networks with the name that we give it, as Compose adds them; empty if it needs none."""
    name, found = host_of(service, project.services), project.services[service]
    if name == service or found.get("network_mode"):
        return {}
    return {network: {"aliases": [name]} for network in found.get("networks") or ("default",)}


def names_in(project: Project) -> frozenset[str]:
    """All names by which a service of the project is found in one of its networks, in small letters."""
    found = (one for name, service in project.services.items() for one in (name, *_more_names(service)))
    ours = (host_of(name, project.services) for name in project.services)
    return frozenset(name.lower() for name in (*found, *ours))


def _more_names(service: Service) -> Iterator[str]:
    yield from filter(None, (service.get("container_name"), service.get("hostname")))
    for network in (service.get("networks") or {}).values():
        if isinstance(network, dict):
            yield from network.get("aliases") or ()
    hosts = service.get("extra_hosts") or ()
    yield from (re.split("[=:]", host)[0] for host in hosts)
