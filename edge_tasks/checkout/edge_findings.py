"""What is wrong with the edges that a platform is to get: facts → findings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout import compose_file
from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.findings import Finding
from edge_tasks.checkout.inheritance import CONFIG_TARGET
from edge_tasks.checkout.override import is_ours
from edge_tasks.plan import some

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from edge_tasks.checkout.project import Project
    from edge_tasks.checkout.roles import Services

_OVERRIDES: Final = (".override.yml", ".override.yaml")


def check_foreign_edges(names: Sequence[str], where: str, folder: str) -> list[Finding]:
    """Refuse services that are called as ours are, but that somebody else wrote: Compose would merge both.

    Args:
        names: of these services.
        where: file and line.
        folder: the platform's.
    """
    if not names:
        return []
    file = where.partition(":")[0]
    aside = (
        f"if the platform's own setup.sh --edges wrote them: cd {folder} && docker compose down"
        f" && mv {file} {file}.old, then inv setup --adopt"
    )
    change = f"{aside}; otherwise rename them" if file.endswith(_OVERRIDES) else "rename or remove them"
    what = f"{some(tuple(names))} were not made by edge-tasks, but have the names of generated edges"
    return [Finding(what, where, change, fault=PlatformFault.EDGES_FOREIGN)]


def check_override(present: str | None, path: Path) -> list[Finding]:
    """Refuse a file that somebody else wrote where the override is to be.

    Args:
        present: what it holds; None if there is none.
        path: where it is.
    """
    if present is None or is_ours(present):
        return []
    if names := compose_file.edges_of(present):
        where = compose_file.place(present, path.name, "services", names[0])
        return check_foreign_edges(names, where, str(path.parent))
    what = "it was not made by edge-tasks"
    change = (
        "choose another name with --override-file docker-compose.edges.yml,"
        " and give both files to docker compose -f"
    )
    return [Finding(what, str(path), change, fault=PlatformFault.OVERRIDE_FOREIGN)]


def check_config_target(edge: str, *, is_known: bool, place: Callable[..., str]) -> list[Finding]:
    """Say when nobody can tell where the containers of the service ``edge`` look for their configuration."""
    if is_known:
        return []
    what = f"nothing says where {edge} looks for its configuration; {CONFIG_TARGET} is assumed"
    change = "if it looks elsewhere, mount openems-edge/config.d there in the compose file"
    return [Finding(what, place(edge, "volumes"), change, fault=PlatformFault.EDGE_CONFIG_PLACE, is_error=False)]


def check_left_out(
    mounts: Sequence[str],
    in_memory: Sequence[str],
    networks: Sequence[str],
    keys: Sequence[str],
    place: Callable[..., str],
) -> list[Finding]:
    """Name what edges in a Swarm do not take over from the platform's own edge.

    Args:
        mounts: that all edges could share on one machine.
        in_memory: where it has file systems in memory, as mounts.
        networks: in which the backend is not.
        keys: of its service.
        place: file and line of an entry of that service.
    """
    remark = partial(Finding, fault=PlatformFault.EDGE_LEFT_OUT, is_error=False)
    stays = "--runtime docker if edges need it"
    image, key = f"put it into the image; or {stays}", f"name it under tmpfs, which they do; or {stays}"
    return [
        *(remark(f"{one} is not on the nodes of a Swarm", place("volumes"), image) for one in mounts),
        *(
            remark(f"edges in a Swarm do not take over the mount {one}", place("volumes"), key)
            for one in in_memory
        ),
        *(remark(f"edges in a Swarm are not in the network {one}", place("networks"), stays) for one in networks),
        *(remark(f"edges in a Swarm do not take over {one}", place(one), stays) for one in keys),
    ]


def check_networks(project: Project, services: Services, place: Callable[..., str]) -> list[Finding]:
    """Check that the edges can reach the backend: both are attached to a network.

    Args:
        project: as resolved; a service with a ``network_mode`` has no networks there, and is not judged.
        services: who is who.
        place: file and line of an entry of a service.
    """
    edge, backend = (set(project.services[name].get("networks") or ()) for name in (services.edge, services.door))
    if not edge or not backend or edge & backend:
        return []
    what = f"{services.edge} and {services.door} have no network in common: no edge can reach the backend"
    change = f"add one of {', '.join(sorted(backend))} to the networks of {services.edge}"
    return [Finding(what, place(services.edge, "networks"), change, fault=PlatformFault.EDGE_WITHOUT_NETWORK)]
