"""The platform's backend: its container, when it is ready, and how it is made to read its devices again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.processes import until
from edge_tasks.errors import BackendError, CommandFailed

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.stack import Stack

_READY_S: Final = 90.0
_ALL: Final = 8
"""Services that Compose starts at once."""


def find(stack: Stack) -> tuple[str, ...]:
    """Services of the platform that do not run, or run with another configuration or image than they should."""
    hashes, services = stack.hashes(), stack.services.platform
    images = stack.docker.images({stack.project.image(name) for name in services})
    found = {container.service: container for container in stack.containers()}
    return tuple(
        name
        for name in services
        if name not in found or not found[name].fits(hashes.get(name), images.get(stack.project.image(name)))
    )


def start(stack: Stack) -> None:
    """Have all services of the platform run, and wait until the backend has its devices.

    Raises:
        CommandFailed: a service did not start, or the backend is not ready after 90 s.
    """
    stack.compose.up(stack.services.platform, parallel=_ALL)
    await_ready(stack)


def await_ready(stack: Stack) -> None:
    """Wait until the backend answers with the first edge: its devices are read then, and edges may come.

    Raises:
        CommandFailed: it ended, or is not ready after 90 s; with its last lines.
    """
    deadline = time.monotonic() + _READY_S
    while not _is_ready(stack):
        stack.require_running(stack.services.backend)
        if not until(deadline, 0.1):
            raise CommandFailed(
                f"the backend is not ready after {_READY_S:.0f} s: {_reason(stack)}",
                hint="inv logs --service openems-backend; inv doctor compares its wiring with the platform's",
            )


def read_again(stack: Stack) -> None:
    """Restart its container (2 s).

    Its Felix console could re-activate ``Metadata.Odoo`` in 0.6 s, but wants all properties for it, forgets those
    that are missing, and writes the file anew, which may be one of the user's (measured on 2024.7.0).

    Raises:
        CommandFailed: the backend did not come back.
    """
    container = stack.container(stack.services.backend)
    if container is not None:
        stack.docker.run("restart", "-t", "3", container.id)
    await_ready(stack)


def _is_ready(stack: Stack) -> bool:
    name = stack.ground.fleet.edge(0).name
    try:
        if stack.wiring.rest_port is None:
            return stack.rest.opens_websockets(stack.ports["edges"])
        return name in stack.rest.online([name])
    except BackendError:
        return False


def _reason(stack: Stack) -> str:
    name = stack.ground.fleet.edge(0).name
    if stack.wiring.rest_port is None:
        return f"it does not answer on {stack.wiring.edge_port}, where edges connect"
    try:
        stack.rest.online([name])
    except BackendError as error:
        return str(error)
    return f"it does not know {name}: had it the device table when it started?"
