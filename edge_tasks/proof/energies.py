"""Energies of an edge, as a billing engine asks for them: questions about history inside ``edgeRpc``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from edge_tasks.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from edge_tasks.proof.backend_api import BackendApi

_ENERGY: Final = "queryHistoricTimeseriesEnergy"
_PER_PERIOD: Final = "queryHistoricTimeseriesEnergyPerPeriod"
_A_DAY: Final = {"value": 1, "unit": "Days"}


class Days(NamedTuple):
    """What is asked about.

    Attributes:
        first: the first day.
        last: the last one.
        zone: whose days these are.
    """

    first: date
    last: date
    zone: str

    @property
    def each(self) -> list[date]:
        """All of them."""
        return [self.first + timedelta(number) for number in range((self.last - self.first).days + 1)]


def asked_for_energies(rest: BackendApi | None) -> BackendApi:
    """What energies are asked of.

    Raises:
        BackendError: the backend has no REST API.
    """
    if rest is None:
        raise BackendError("energies are asked at the backend's B2B REST API, which is not there")
    return rest


def ask_energy(backend: BackendApi, edge: str, channels: Sequence[str], days: Days) -> dict[str, float | None]:
    """Wh by channel in all of the days together; None where there is no answer.

    Raises:
        BackendError: it cannot be asked, or answers with an error.
    """
    data: Mapping[str, float | None] = _ask(backend, edge, _ENERGY, channels, days).get("data", {})
    return {channel: data.get(channel) for channel in channels}


def ask_days(
    backend: BackendApi, edge: str, channels: Sequence[str], days: Days
) -> dict[str, list[float | None]]:
    """Wh by channel for each of the days; None for a day without an answer.

    Raises:
        BackendError: it cannot be asked, or answers with an error.
    """
    answer, zone = _ask(backend, edge, _PER_PERIOD, channels, days, resolution=_A_DAY), ZoneInfo(days.zone)
    places = [(_day(text, zone) - days.first).days for text in answer.get("timestamps", ())]
    found: dict[str, list[float | None]] = {}
    for channel in channels:
        own = found[channel] = [None] * len(days.each)
        for place, value in zip(places, answer.get("data", {}).get(channel) or (), strict=False):
            if 0 <= place < len(own):
                own[place] = value
    return found


def _ask(
    backend: BackendApi, edge: str, method: str, channels: Sequence[str], days: Days, **others: object
) -> Mapping[str, Any]:
    asked = {"fromDate": str(days.first), "toDate": str(days.last), "timezone": days.zone}
    return backend.ask_edge(edge, method, {**asked, "channels": list(channels), **others}) or {}


def _day(text: str, zone: ZoneInfo) -> date:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(zone).date()
