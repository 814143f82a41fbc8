"""An edge for a checkout that has a backend, but none of its own: OpenEMS' own image. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.roles import EDGE_SERVICE, find_backend_edge, find_player, looking_like

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.checkout.project import Project, Service

_PROGRAM: Final = re.compile(r"(?<=openems/)backend(?:-edge)?(?=[:@]|$)")
_IMAGE: Final = "openems/edge:latest"


def with_edge(project: Project, named: Mapping[str, str]) -> Project:
    """A project, with an edge if it has a backend and nothing that looks like an edge.

    The edge is in the networks of the program that edges connect to.

    Args:
        project: as resolved, or as written.
        named: role → service, from ``invoke.yaml``.
    """
    door = find_backend_edge(project, named) or find_player("backend", project, named)
    if not door or "edge" in named or EDGE_SERVICE in project.services or looking_like("edge", project):
        return project
    image = project.image(door)
    found = _PROGRAM.sub("edge", image.partition("@")[0])
    service: Service = {"image": found if found != image.partition("@")[0] else _IMAGE}
    if networks := project.services[door].get("networks"):
        service["networks"] = dict.fromkeys(networks)
    return replace(project, services={**project.services, EDGE_SERVICE: service}, added=EDGE_SERVICE)
