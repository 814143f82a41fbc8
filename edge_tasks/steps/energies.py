"""Energies of a fleet, as its backend answers them, for the page and the report."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import BackendError
from edge_tasks.page.energies import Scope
from edge_tasks.page.energy import KINDS
from edge_tasks.proof.backend_api import BackendApi
from edge_tasks.steps.households import find_households

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge_tasks.checkout.blueprints import Blueprints
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.page.energies import Asked
    from edge_tasks.proof.protocol import StatusSource
    from edge_tasks.steps.dashboard import Watched

_PER_PERIOD: Final = "queryHistoricTimeseriesEnergyPerPeriod"
_A_DAY: Final = {"value": 1, "unit": "Days"}
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

    def days(self, edge: str, channels: Sequence[str], first: date, last: date) -> Mapping[str, list[int | None]]:
        """What the backend answers, see :func:`ask_days`."""
        return ask_days(self._watched().view.runtime.backend.status, edge, channels, first, last)


def scope_of(asked: Asked, edges: Sequence[Edge], blueprints: Blueprints) -> Scope | None:
    """What there is to be asked of some edges; None if there is no such group, edge or meter."""
    if not asked.edge:
        chosen = [edge.name for edge in edges if asked.group in ("", blueprints.of(edge).group.name)]
        groups = [one.group.name for one in blueprints.each if one.group.name]
        return Scope(chosen, _OF_EDGE, groups=groups) if chosen else None
    found = [edge for edge in edges if edge.name == asked.edge]
    meters = {one.meter: one for one, _ in find_households(found, blueprints)}
    if not found or (asked.meter and asked.meter not in meters):
        return None
    channels = {"consumption": meters[asked.meter].channel} if asked.meter else _OF_EDGE
    return Scope([asked.edge], channels, [(one.meter, one.alias) for one in meters.values()])


def ask_days(
    backend: StatusSource, edge: str, channels: Sequence[str], first: date, last: date
) -> dict[str, list[int | None]]:
    """Wh of an edge in the days of UTC, by channel; None for a day without an answer.

    Raises:
        BackendError: it cannot be asked, or answers with an error.
    """
    if not isinstance(backend, BackendApi):
        raise BackendError("energies are asked at the backend's B2B REST API, which is not there")
    params = {"fromDate": str(first), "toDate": str(last), "channels": list(channels), "timezone": "UTC"}
    answer = backend.ask_edge(edge, _PER_PERIOD, {**params, "resolution": _A_DAY}) or {}
    places = [(_day(text) - first).days for text in answer.get("timestamps", ())]
    found: dict[str, list[int | None]] = {}
    for channel in channels:
        days = found[channel] = [None] * ((last - first).days + 1)
        for place, value in zip(places, answer.get("data", {}).get(channel) or (), strict=False):
            if 0 <= place < len(days) and value is not None:
                days[place] = round(value)
    return found


def _day(text: str) -> date:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc).date()
