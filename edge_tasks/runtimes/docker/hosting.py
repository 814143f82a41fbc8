"""The override of the docker runtime: what edges inherit, what the platform's own services get on top."""

from __future__ import annotations

import hmac
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.compose_file import ComposeFile, depends
from edge_tasks.checkout.host_names import aliases, host_of
from edge_tasks.checkout.inheritance import (
    DATA_DIRECTORY,
    JAVA,
    Caller,
    Inheritance,
    environment_file,
    inherit,
    java_options,
    user_ids,
)
from edge_tasks.checkout.override import OVERLAY, Addition, Hosting, render_override
from edge_tasks.errors import SettingsError
from edge_tasks.runtimes.docker import bundles, edge_files, light_container, metadata_file
from edge_tasks.runtimes.docker.config_copies import copies
from edge_tasks.runtimes.docker.host_ports import HOST
from edge_tasks.runtimes.docker.stack import ENVIRONMENT_FILE
from edge_tasks.runtimes.plans import Override

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.docker.stack import Stack

_LABEL: Final = "edge-tasks.config"
"""Mark of the copy of a configuration that a container has: with another one it is created again."""


def override(stack: Stack) -> Override:
    """The override for the fleet's edges, and the private files that it refers to.

    Raises:
        SettingsError: somebody else's services have the names of ours.
    """
    for found in edge_files.check_foreign_edges(stack):
        raise SettingsError(f"{found.where}: {found.what}", hint=found.change)
    if stack.options.overlay:  # edges are services of the Swarm
        return Override(_text(stack, ()))
    return Override(_text(stack, stack.context.fleet.edges_with_directory), _companions(stack))


def inheritance(stack: Stack) -> Inheritance:
    """What every edge takes over from the platform's own one."""
    edge = stack.own_edge
    template = str(stack.context.platform.template_folder)
    return inherit(stack.project.services[edge], stack.edge_image, caller(stack), template, _is_file)


def caller(stack: Stack) -> Caller:
    """The user and group that run this program, and whether Docker is rootless."""
    return Caller(os.geteuid(), os.getegid(), rootless=stack.is_rootless)


def _text(stack: Stack, edges: Sequence[Edge]) -> str:
    inherited = inheritance(stack)
    edge, project = stack.own_edge, stack.project
    dependents = tuple(name for name, found in project.services.items() if depends(found, edge))
    service = ComposeFile(
        edge, project.image(edge), inherited.networks, dependents, is_added=edge == project.added
    )
    hosting = Hosting(
        config_target=inherited.config_target,
        java_options="" if JAVA in inherited.environment else java_options_of(stack, inherited),
        memory=stack.options.edge_memory,
        edge_port=edge_files.edge_port(stack),
        additions=_additions(stack) if edge_files.is_complete(stack) else {},
        light=light_container.service(stack) if stack.context.fleet.light else None,
        user=inherited.user,
        inherited=inherited.options,
        environment_file=_environment_path(stack) if inherited.environment else "",
        volumes=(*inherited.volumes, *bundles.mounts(stack)),
        overlay=stack.options.overlay,
    )
    return render_override(edges, service, hosting)


def _companions(stack: Stack) -> dict[Path, str]:
    """The environment of the platform's own edge may hold secrets."""
    inherited = inheritance(stack)
    if not inherited.environment:
        return {}
    environment = dict(inherited.environment)
    if JAVA in environment:
        environment[JAVA] = java_options_of(stack, inherited)
    return {stack.context.platform.path / _environment_path(stack): environment_file(environment)}


def java_options_of(stack: Stack, inherited: Inheritance) -> str:
    """The options of an edge's JVM: ours and the platform's."""
    theirs = inherited.environment.get(JAVA) or stack.edge_image.environment.get(JAVA, "")
    ours = stack.options.java_options.split()
    if inherited.user not in ("", "0:0"):
        ours.append(DATA_DIRECTORY)
    if bundles.mounts(stack):
        ours.append(bundles.OPTION)
    return java_options(stack.options.edge_heap, ours, theirs)


def _environment_path(stack: Stack) -> str:
    folder = stack.context.state.folder.relative_to(stack.context.platform.path)
    return f"./{folder}/{ENVIRONMENT_FILE}"


def _additions(stack: Stack) -> dict[str, Addition]:
    ports: dict[str, list[str]] = {}
    for word, port in sorted(stack.reached.added.items()):
        service, inside = stack.reached.inside[word]
        ports.setdefault(service, []).append(f"{HOST}:{port}:{inside}")
    found = {service: Addition(ports=tuple(texts)) for service, texts in ports.items()}
    for one in copies(stack):
        folder = one.folder.relative_to(stack.context.platform.path)
        environment = user_ids(caller(stack)) if one.is_completed else {}
        gets = found.get(one.service, Addition())
        labels = {_LABEL: _mark(stack, one.digest)}
        volumes = (f"./{folder}:{one.inside}",)
        found[one.service] = replace(gets, volumes=volumes, environment=environment, labels=labels)
    if mount := metadata_file.copy_mount(stack):
        backend_gets = found.get(stack.services.backend, Addition())
        found[stack.services.backend] = replace(backend_gets, volumes=(*backend_gets.volumes, mount))
    for service in dict.fromkeys((stack.services.backend, stack.services.door)):
        if networks := aliases(service, stack.project):
            found[service] = replace(found.get(service, Addition()), networks=networks)
    if stack.options.overlay:
        door = stack.services.door
        found[door] = replace(found.get(door, Addition()), networks=_with_overlay(stack, door))
    offset = stack.context.fleet.port_offset
    for service in stack.services.platform if offset else ():
        if shifted := stack.project.shifted_ports(service, offset):
            found[service] = replace(found.get(service, Addition()), only_ports=shifted)
    return found


def _with_overlay(stack: Stack, service: str) -> dict[str, Mapping[str, Sequence[str]]]:
    """A service's networks, and a Swarm's beside them, in which the edges find it by the name that they know."""
    own: dict[str, Mapping[str, Sequence[str]]] = {
        name: {} for name in stack.project.services[service].get("networks") or ("default",)
    }
    return {
        **own,
        **aliases(service, stack.project),
        OVERLAY: {"aliases": [host_of(service, stack.project.services)]},
    }


def _mark(stack: Stack, digest: str) -> str:
    """A digest that is worth nothing to who guesses passwords: people read the override."""
    return hmac.new(stack.context.fleet.secret, digest.encode(), "sha256").hexdigest()[:16]


def _is_file(path: str) -> bool:
    return Path(path).exists() and not Path(path).is_dir()
