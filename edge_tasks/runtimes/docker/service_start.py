"""Services that are to run: of those whose containers are as they should be, these are only started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.errors import CommandFailed
from edge_tasks.fleet.identity import index_of_service

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from edge_tasks.adapters.containers import Container
    from edge_tasks.runtimes.docker.stack import Stack

STARTABLE: Final = frozenset({"created", "exited"})
"""States of containers that do not run, and that the engine does not start by itself."""


def have_run(stack: Stack, services: Sequence[str], *, parallel: int) -> None:
    """Start containers of these services; Compose makes those that are missing or made of something else.

    For each call Compose reads the whole project and looks at all that belongs to it, which costs ten times the
    CPU of starting a container.

    Raises:
        CommandFailed: one did not start.
    """
    ready = _ready(stack, services)
    try:
        if ready:
            stack.docker.run("start", *(one.id for one in ready))
    except CommandFailed:  # Compose makes what is missing, like a network, or says what is wrong
        ready = ()
    started = {one.service for one in ready}
    if rest := [service for service in services if service not in started]:
        stack.compose.up(rest, parallel=parallel)


def _ready(stack: Stack, services: Collection[str]) -> tuple[Container, ...]:
    """The containers that only have to be started."""
    found = [one for one in stack.containers() if one.service in services]
    if not any(one.state in STARTABLE for one in found):
        return ()
    hashes = stack.hashes()
    names = {service: _image(stack, service) for service in services}
    images = stack.docker.images(names.values())
    others = {one.service for one in found if not _is_ready(one, hashes, images.get(names[one.service]))}
    return tuple(one for one in found if one.service not in others)


def _is_ready(container: Container, hashes: dict[str, frozenset[str]], image: str | None) -> bool:
    is_same = container.config_hash in hashes.get(container.service, ()) and container.image == image
    return container.state in STARTABLE and is_same


def _image(stack: Stack, service: str) -> str:
    """Edges are made like the platform's own one."""
    return stack.project.image(stack.own_edge if index_of_service(service) is not None else service)
