"""Edges' containers that are started or restarted, a few at a time, and watched until they are connected."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from edge_tasks.errors import BackendError
from edge_tasks.plan import some
from edge_tasks.runtimes.docker.arrivals import Arrivals
from edge_tasks.runtimes.docker.service_start import have_run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.docker.stack import Stack

BATCH: Final = os.cpu_count() or 1
"""Edges that are started together, and again beside them: a JVM keeps more than a core busy for seconds."""

_LOOK_PAUSE_S: Final = 0.25
ASK_PAUSE_S: Final = 1.5
"""For each call a real backend makes Odoo check the password. That costs 0.3 s of CPU that JVMs could use."""


class Watcher(Protocol):
    """Says which edges are connected while others start."""

    @property
    def pause_s(self) -> float:
        """Seconds between two looks."""

    def connected(self) -> set[str] | None:
        """The connected services; None while nobody knows."""


@dataclass(frozen=True)
class Way:
    """How edges are started.

    Attributes:
        batch: how many are begun together.
        begin: starts these services.
        again: starts those of the services once more for which that makes sense; which.
        watch: makes what says who is connected; asked for anew after each start.
    """

    batch: int
    begin: Callable[[Sequence[str]], None]
    again: Callable[[Sequence[str]], Sequence[str]]
    watch: Callable[[], Watcher]


def make(stack: Stack, edges: Sequence[Edge]) -> int:
    """Have containers of edges, as they are configured now; how many had to be started twice."""
    return bring(stack, edges, _way(stack, edges, lambda names: have_run(stack, names, parallel=BATCH)))


def restart(stack: Stack, edges: Sequence[Edge]) -> int:
    """Stop and start containers of edges; how many had to be started twice."""
    return bring(stack, edges, _way(stack, edges, lambda names: stack.compose.restart(names, parallel=BATCH)))


def online(stack: Stack, edges: Sequence[Edge]) -> set[str]:
    """The names of those edges that the backend has; none while it does not answer."""
    try:
        return {name for name, found in stack.status.online([edge.name for edge in edges]).items() if found}
    except BackendError:
        return set()


def connected_as_told(stack: Stack, edges: Sequence[Edge]) -> set[str] | None:
    """The services that the backend has; all if only a late source could say; None while nothing answers."""
    if stack.status.is_late:
        return {edge.service for edge in edges}
    try:
        known = stack.status.online([edge.name for edge in edges])
    except BackendError:
        return None
    return {edge.service for edge in edges if known.get(edge.name)}


def bring(stack: Stack, edges: Sequence[Edge], way: Way) -> int:
    """Start edges, a few at a time, until they are connected or no more will; how many were started twice."""
    if not edges:
        return 0
    names = {edge.service: edge.name for edge in edges}
    arrivals = Arrivals(list(names), way.batch)
    watch: Watcher | None = None
    twice: set[str] = set()
    while not arrivals.is_over(time.monotonic()):
        while services := arrivals.next(time.monotonic()):
            if set(services) & set(arrivals.waiting):
                way.begin(services)
            elif begun := way.again(services):
                twice.update(begun)
                of_them = some(tuple(names[service] for service in begun))
                stack.context.say(f"  turned away by the backend and started once more: {of_them}")
            arrivals.begin(services, time.monotonic())
            watch = None
        watch = watch or way.watch()
        time.sleep(watch.pause_s)
        connected = watch.connected()
        if connected is not None:
            arrivals.see(connected, time.monotonic())
    return len(twice)


def _way(stack: Stack, edges: Sequence[Edge], begin: Callable[[Sequence[str]], None]) -> Way:
    def again(services: Sequence[str]) -> Sequence[str]:
        stack.compose.restart(services, parallel=BATCH)
        return services

    return Way(BATCH, begin, again, watch=lambda: PeerWatcher(stack, edges))


class PeerWatcher:
    """Looks into the backend's container; if that is impossible, it asks the backend now and then."""

    def __init__(self, stack: Stack, edges: Sequence[Edge]) -> None:
        containers = {container.service: container for container in stack.containers()}
        self._stack, self._edges = stack, edges
        self._backend = containers.get(stack.services.door)
        self._addresses = {
            edge.service: containers[edge.service].addresses for edge in edges if edge.service in containers
        }
        self.pause_s = ASK_PAUSE_S if self._peers() is None else _LOOK_PAUSE_S

    def connected(self) -> set[str] | None:
        """The connected services; all of them if only a late source could say; None while nothing answers."""
        peers = self._peers()
        if peers is None:
            self.pause_s = ASK_PAUSE_S
            return connected_as_told(self._stack, self._edges)
        return {service for service, found in self._addresses.items() if found & peers}

    def _peers(self) -> frozenset[str] | None:
        """Who is connected to the backend, by address; None if these do not say which edges it is.

        Whoever comes from the gateway may be anybody: a rule that an engine has left behind when it was killed
        gives that address to all in a network.
        """
        if self._backend is None or not any(self._addresses.values()):
            return None
        peers = self._backend.peers(self._stack.edge_port)
        return None if peers is None or peers & self._backend.gateways else peers
