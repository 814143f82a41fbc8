"""Which of the edges' containers must be created, started again or removed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.override import LIGHT_SERVICE
from edge_tasks.fleet.identity import index_of_service
from edge_tasks.plan import some
from edge_tasks.runtimes.plans import Surplus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from edge_tasks.adapters.containers import Container
    from edge_tasks.fleet.directories import Written
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.plans import EdgesToStart

_LONG_S: Final = 120.0
"""An edge that has run for longer and is not connected is waiting out its own 10 to 109 s, or worse."""


@dataclass(frozen=True)
class Wanted:
    """How the edges' containers should be.

    Attributes:
        edges: those that are to have one.
        hashes: service → the digests of its configuration; a service that is absent is not compared.
        image: the id of their image; None where it is not here.
        own_edge: the platform's own edge service, which is not to run beside ours.
        has_light: there are light edges, in a container of their own.
    """

    edges: tuple[Edge, ...]
    hashes: Mapping[str, Collection[str]]
    image: str | None
    own_edge: str
    has_light: bool


@dataclass(frozen=True)
class Difference:
    """How the containers differ from what is wanted, as far as they themselves show it.

    Attributes:
        make: edges without a container, or with one of another configuration or image.
        restart: edges whose directory was written after they started.
        others: edges whose container is right as it is.
        surplus: containers of a larger earlier fleet, of light edges that are gone, of the platform's own edge.
    """

    make: tuple[Edge, ...]
    restart: tuple[Edge, ...]
    others: tuple[Edge, ...]
    surplus: tuple[Surplus, ...]


def compare(containers: Sequence[Container], wanted: Wanted, written: Mapping[str, Written]) -> Difference:
    """Containers found, compared with the wanted edges and their directories as written, by the edge's name."""
    by_service = {container.service: container for container in containers}
    make: list[Edge] = []
    restart: list[Edge] = []
    others: list[Edge] = []
    for edge in wanted.edges:
        container = by_service.get(edge.service)
        if container is None or not container.fits(wanted.hashes.get(edge.service), wanted.image):
            make.append(edge)
        elif container.started < written[edge.name].at:
            restart.append(edge)
        else:
            others.append(edge)
    services = {edge.service for edge in wanted.edges}
    surplus = (_surplus(found, wanted) for found in containers if _is_surplus(found, wanted, services))
    return Difference(tuple(make), tuple(restart), tuple(others), tuple(surplus))


def overdue(
    edges: Sequence[Edge], started: Mapping[str, float], backend_read: float, now: float
) -> tuple[Edge, ...]:
    """Edges that may have lost the backend, and will not reconnect soon by themselves; the backend must be asked.

    Args:
        edges: that run.
        started: service → when its edge was started.
        backend_read: when the backend was started or read its devices, seconds since 1970, as all times here.
        now: the time.
    """
    return tuple(
        edge for edge in edges if started[edge.service] < backend_read or now - started[edge.service] > _LONG_S
    )


def changes_of(planned: EdgesToStart) -> tuple[str, ...]:
    """One line for each change, for ``inv plan``."""
    again = tuple(edge.service for edge in sorted((*planned.restart, *planned.lost), key=lambda edge: edge.index))
    return (
        *([f"start {some(tuple(edge.service for edge in planned.make))}"] if planned.make else []),
        *([f"restart {some(again)}"] if again else []),
        *([f"remove {some(tuple(found.name for found in planned.surplus))}"] if planned.surplus else []),
    )


def _is_surplus(container: Container, wanted: Wanted, services: set[str]) -> bool:
    if container.service == wanted.own_edge:
        return True
    if container.service == LIGHT_SERVICE:
        return not wanted.has_light
    return index_of_service(container.service) is not None and container.service not in services


def _surplus(container: Container, wanted: Wanted) -> Surplus:
    """The unnamed volumes of the platform's own edge may have been there before us."""
    return Surplus(container.id, container.name, with_volumes=container.service != wanted.own_edge)
