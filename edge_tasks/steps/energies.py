"""Energies of a fleet, as its backend answers them, for the page and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.page.energies import Scope
from edge_tasks.page.energy import KINDS
from edge_tasks.proof.energies import ask_days, asked_for_energies
from edge_tasks.steps.households import find_households

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from edge_tasks.checkout.blueprints import Blueprints
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.page.energies import Asked
    from edge_tasks.proof.backend_api import BackendApi
    from edge_tasks.proof.energies import Days
    from edge_tasks.steps.dashboard import Watched

_OF_EDGE: Final = {kind: channel for kind, (_, channel) in KINDS.items()}


class FleetEnergies:
    """Asks about the fleet that the page watches.

    Args:
        watched: what it watches now.
    """

    def __init__(self, watched: Callable[[], Watched]) -> None:
        self._watched = watched

    def scope(self, asked: Asked) -> Scope | None:
        """What there is to be asked; None if the fleet has no such group, edge or meter.

        Raises:
            SettingsError: the platform is not usable.
        """
        watched = self._watched()
        return scope_of(asked, watched.fleet.edges if watched.saved else (), watched.blueprints)

    def days(self, edge: str, channels: Sequence[str], days: Days) -> Mapping[str, list[int | None]]:
        """What the backend answers, see :func:`whole_days`."""
        rest = asked_for_energies(self._watched().view.runtime.backend.rest)
        return whole_days(rest, edge, channels, days)


def scope_of(asked: Asked, edges: Sequence[Edge], blueprints: Blueprints) -> Scope | None:
    """What there is to be asked of some edges; None if there is no such group, edge or meter."""
    if not asked.edge:
        chosen = [edge for edge in edges if asked.group in ("", blueprints.of(edge).group.name)]
        groups = [one.group.name for one in blueprints.each if one.group.name]
        return Scope(zones_of(chosen, blueprints), _OF_EDGE, groups=groups) if chosen else None
    found = [edge for edge in edges if edge.name == asked.edge]
    meters = {one.meter: one for one, _ in find_households(found, blueprints)}
    if not found or (asked.meter and asked.meter not in meters):
        return None
    channels = {"consumption": meters[asked.meter].channel} if asked.meter else _OF_EDGE
    households = [(one.meter, one.alias) for one in meters.values()]
    return Scope(zones_of(found, blueprints), channels, households)


def zones_of(edges: Iterable[Edge], blueprints: Blueprints) -> dict[str, str]:
    """The time zone of the people at each edge, by its name."""
    return {edge.name: blueprints.of(edge).group.zone for edge in edges}


def whole_days(
    backend: BackendApi, edge: str, channels: Sequence[str], days: Days
) -> dict[str, list[int | None]]:
    """Whole Wh by channel for each of the days; None for a day without an answer.

    Raises:
        BackendError: it cannot be asked, or answers with an error.
    """
    found = ask_days(backend, edge, channels, days)
    return {channel: [None if one is None else round(one) for one in wh] for channel, wh in found.items()}
