"""The edges' containers: which are to be made, started again or removed, and how."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.processes import until
from edge_tasks.checkout.override import LIGHT_SERVICE
from edge_tasks.fleet.identity import index_of_service
from edge_tasks.openems import configuration
from edge_tasks.plan import some
from edge_tasks.runtimes.docker import starting
from edge_tasks.runtimes.protocols import EdgeProcess

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from edge_tasks.adapters.containers import Container
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.docker.stack import Stack
    from edge_tasks.runtimes.protocols import Written

_COMES_BACK_S: Final = 5.0
_LONG_S: Final = 120.0
"""An edge that runs longer and is not connected is waiting out its own 10 to 109 s, or worse."""


@dataclass(frozen=True)
class EdgePlan:
    """What differs.

    Attributes:
        make: no container, or one of another configuration or image.
        restart: its directory was written after it started, or it lost the backend.
        surplus: containers of a larger earlier fleet, and of the platform's own edge.
    """

    make: tuple[Edge, ...] = ()
    restart: tuple[Edge, ...] = ()
    surplus: tuple[Container, ...] = ()

    @property
    def changes(self) -> tuple[str, ...]:
        """A line each."""
        return (
            *([f"start {some(tuple(edge.service for edge in self.make))}"] if self.make else []),
            *([f"restart {some(tuple(edge.service for edge in self.restart))}"] if self.restart else []),
            *([f"remove {some(tuple(container.name for container in self.surplus))}"] if self.surplus else []),
        )


def find(stack: Stack, written: Mapping[str, Written]) -> EdgePlan:
    """Compare the containers with the fleet and its directories."""
    containers = stack.containers()
    by_service = {container.service: container for container in containers}
    hashes = stack.hashes()
    image = stack.docker.images((_image(stack),)).get(_image(stack))
    edges = [edge for edge in stack.ground.fleet.edges_with_directory if edge.name in written]
    make = [edge for edge in edges if not _fits(by_service.get(edge.service), hashes.get(edge.service), image)]
    rest = [edge for edge in edges if edge not in make]
    stale = {edge.name for edge in rest if by_service[edge.service].started < written[edge.name].at}
    lost = _lost(stack, [edge for edge in rest if edge.name not in stale], by_service)
    services = {edge.service for edge in edges}
    return EdgePlan(
        tuple(make),
        tuple(edge for edge in rest if edge.name in stale | lost),
        tuple(container for container in containers if _is_surplus(stack, container, services)),
    )


def start(stack: Stack, written: Mapping[str, Written]) -> str:
    """Do what differs: remove, then make and restart in batches, so that the machine stays usable."""
    plan = find(stack, written)
    _remove(stack, plan.surplus)
    lost = _still_lost(stack, plan.restart, written)
    again = starting.make(stack, plan.make) + starting.restart(stack, lost)
    counts = (
        *((len(plan.make), "started"), (len(lost), "restarted"), (again, "of them twice")),
        (len(plan.surplus), "removed"),
    )
    did = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f"edges: {did or 'came back by themselves'}"


def processes(stack: Stack) -> dict[str, EdgeProcess]:
    """Every edge with a directory, as its container and its directory show it."""
    by_service = {container.service: container for container in stack.containers()}
    edges = stack.ground.fleet.edges_with_directory
    return {edge.name: _process(stack, edge, by_service.get(edge.service)) for edge in edges}


def _process(stack: Stack, edge: Edge, container: Container | None) -> EdgeProcess:
    ignored, why = _configuration(stack.ground.platform.edges_folder / edge.directory, edge)
    if container is None:
        return EdgeProcess(running=False, why="it has no container", ignored=ignored)
    return EdgeProcess(container.is_running, container.why or why, container.started, ignored)


def _configuration(directory: Path, edge: Edge) -> tuple[tuple[str, ...], str]:
    """What the edge does not load from its directory, and what is wrong with its Backend controller."""
    try:
        found = configuration.read(directory)
    except OSError as error:
        return (), f"its config directory cannot be read: {error.strerror}"
    backend = found.backend()
    if backend is None:
        return found.ignored, "its config directory has no Backend controller that Felix loads"
    if backend.text("apikey") != edge.apikey:
        return found.ignored, "the apikey in its config directory is not its own"
    return found.ignored, ""


def _image(stack: Stack) -> str:
    return stack.project.image(stack.services.edge)


def _fits(container: Container | None, hashes: Collection[str] | None, image: str | None) -> bool:
    return container is not None and container.fits(hashes, image)


def _is_surplus(stack: Stack, container: Container, services: set[str]) -> bool:
    if container.service == stack.services.edge:
        return True
    if container.service == LIGHT_SERVICE:
        return not stack.ground.fleet.light
    return index_of_service(container.service) is not None and container.service not in services


def _lost(stack: Stack, edges: Sequence[Edge], by_service: Mapping[str, Container]) -> set[str]:
    """Running edges that the backend does not have, and that will not be back soon by themselves."""
    backend = by_service.get(stack.services.backend)
    read_at = float(stack.ground.state.record().get("read", {}).get("at", 0.0))
    since = max(backend.started if backend else 0.0, read_at)
    waiting = [
        edge
        for edge in edges
        if (started := by_service[edge.service].started) < since or time.time() - started > _LONG_S
    ]
    return {edge.name for edge in waiting} - starting.online(stack, waiting) if waiting else set()


def _still_lost(stack: Stack, edges: Sequence[Edge], written: Mapping[str, Written]) -> list[Edge]:
    """Of the edges to restart, those that do not come back by themselves within seconds."""
    by_service = {container.service: container for container in stack.containers()}
    stale = [edge for edge in edges if by_service[edge.service].started < written[edge.name].at]
    lost = [edge for edge in edges if edge not in stale]
    if stack.api.is_late:
        return [*stale, *lost]
    deadline = time.monotonic() + _COMES_BACK_S
    while lost and until(deadline, starting.ASK_PAUSE_S):
        online = starting.online(stack, lost)
        lost = [edge for edge in lost if edge.name not in online]
    return [*stale, *lost]


def _remove(stack: Stack, containers: Collection[Container]) -> None:
    """With their unnamed volumes, but for the platform's own edge's: these may have been there before us."""
    theirs = [container.id for container in containers if container.service == stack.services.edge]
    ours = [container.id for container in containers if container.id not in theirs]
    for ids, volumes in ((theirs, ()), (ours, ("--volumes",))):
        if ids:
            stack.docker.run("rm", "-f", *volumes, *ids)
