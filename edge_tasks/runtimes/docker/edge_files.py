"""What the edges' files need to know of a platform, even if it lacks a backend, a database or Odoo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters.files import text_of
from edge_tasks.checkout import edge_findings
from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.host_names import host_of
from edge_tasks.checkout.roles import (
    BACKEND_SERVICE,
    WITHOUT_ODOO,
    find_backend,
    find_backend_edge,
    missing_roles,
)
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import index_of_service
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from edge_tasks.checkout.findings import Finding
    from edge_tasks.runtimes.docker.stack import Stack


def is_complete(stack: Stack) -> bool:
    """Whether the platform has everything that a fleet needs, including a backend's configuration."""
    project, named = stack.project, stack.context.services_named
    if missing_roles(project, named, WITHOUT_ODOO):
        return False
    find_backend(project, named)
    return _has_backend_config(stack) and not missing_roles(project, named, stack.roles)


def backend_host(stack: Stack) -> str:
    """The name by which the edges reach the backend; the stock one where the compose file has no backend.

    Of a backend that is two programs, they reach the second one.

    Raises:
        SettingsError: more than one service may be the backend.
    """
    project, named = stack.project, stack.context.services_named
    if backend_edge := find_backend_edge(project, named):
        return host_of(backend_edge, project.services)
    if "backend" in missing_roles(project, named):
        return BACKEND_SERVICE
    return host_of(find_backend(project, named), project.services)


def edge_port(stack: Stack) -> int:
    """Where the backend listens for edges; OpenEMS' default where it has no configuration yet."""
    return stack.edge_port if is_complete(stack) else DEFAULT.backend_ports.edges


def check_foreign_edges(stack: Stack) -> list[Finding]:
    """Services of the user's own files, and of an override that is not ours, that are called as ours are."""
    path = stack.context.override
    found = edge_findings.check_override(text_of(path), path)
    if any(one.fault is PlatformFault.EDGES_FOREIGN for one in found):
        return found
    names = tuple(name for name in stack.project.services if index_of_service(name) is not None)
    folder = str(stack.context.platform.path)
    return edge_findings.check_foreign_edges(names, stack.place(names[0]), folder) if names else []


def _has_backend_config(stack: Stack) -> bool:
    try:
        _ = stack.backend_files.metadata
    except SettingsError:
        return False
    return True
