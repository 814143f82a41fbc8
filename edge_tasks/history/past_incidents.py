"""Which incidents edges have, as people wrote them down. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from edge_tasks.fleet import incidents as kinds
from edge_tasks.fleet.incidents import Incident
from edge_tasks.history import dates
from edge_tasks.history.described import Lives
from edge_tasks.history.resets import counters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from edge_tasks.errors import SettingsError
    from edge_tasks.fleet.incident_entry import IncidentEntry
    from edge_tasks.history.described import Described

_SUFFIX: Final = "/ActiveConsumptionEnergy"
"""Of the counter that every meter has."""
_LISTED: Final = 8


class Dated(NamedTuple):
    """An incident, and how it was written."""

    incident: Incident
    entry: IncidentEntry


@dataclass(frozen=True)
class PastIncidents:
    """What incidents mean in a past.

    Attributes:
        begin: epoch ms, when the past begins.
        until: epoch ms, before which it has points; that is now or earlier.
        now: epoch ms.
        zone: whose days people mean.
    """

    begin: int
    until: int
    now: int
    zone: tzinfo
    _lives: Lives = field(default_factory=Lives)

    def dated(self, entry: IncidentEntry) -> Dated:
        """An incident with its moments.

        Raises:
            SettingsError: one is none, or is in the future, or it ends before it begins.
        """
        first, last = ("at", "at") if "at" in entry.words else ("from", "to")
        begin = self._moment(entry, first)
        end = self._moment(entry, last, days=int(last == "to"))
        if end > self.now:
            raise entry.error(f"{last} {entry.words[last]} is in the future", "a day or a moment that is over")
        if first != last and begin >= end:
            raise entry.error(f"from {entry.words[first]} is not before to {entry.words[last]}", "a later to")
        return Dated(Incident(entry.kind, begin, end, entry.of, entry.shift_ms), entry)

    def is_over(self, incident: Incident) -> bool:
        """Whether it is over before the past begins, so that it changes nothing."""
        return incident.end <= self.begin and incident.kind != kinds.LEFT

    def is_later(self, incident: Incident) -> bool:
        """Whether it is only about points that would be after the last one, so that it changes nothing yet."""
        return incident.is_span and incident.begin + min(0, incident.shift_ms) >= self.until

    def is_unseen(self, incident: Incident) -> bool:
        """Whether counters begin again at 0 after the last point, so that only the live edge shows it."""
        return incident.kind in kinds.RESETS and self.until <= incident.begin < self.now

    def of_edge(self, edge: Described, some: Iterable[Dated]) -> tuple[Incident, ...]:
        """The incidents of an edge that change something, in the order in which they begin.

        Raises:
            SettingsError: it has no such meter or counter, or two of them cannot both be.
        """
        found = sorted(
            (one for one in some if not self.is_over(one.incident)),
            key=lambda one: (one.incident.begin, one.incident.end, one.incident.kind, one.incident.of),
        )
        self._check_counters(edge, found)
        self._check_life(edge.name, found)
        spans = [one for one in found if one.incident.is_span]
        for one, other in pairwise(spans):
            if other.incident.begin < one.incident.end:
                raise _both(edge.name, one, other)
        return tuple(one.incident for one in found)

    def _moment(self, entry: IncidentEntry, key: str, days: int = 0) -> int:
        return dates.moment_named(entry.words[key], f"{entry.where}: {key}", self.zone, days)

    def _check_counters(self, edge: Described, found: Iterable[Dated]) -> None:
        """Refuse a meter or a counter that an edge does not have."""
        for incident, entry in found:
            if incident.of:
                known = counters_of(*self._lives.devices(edge.components))
                if incident.kind == kinds.METER_REPLACED:
                    known = [name.removesuffix(_SUFFIX) for name in known if name.endswith(_SUFFIX)]
                if incident.of not in known:
                    what = "meter" if incident.kind == kinds.METER_REPLACED else "counter"
                    raise entry.error(
                        f"{edge.name} has no {what} {incident.of}", f"it has {_listed(sorted(known))}"
                    )

    def _check_life(self, name: str, found: Sequence[Dated]) -> None:
        """Refuse what happens to an edge before it has joined, or after it has left."""
        for place, one in enumerate(found):
            others = [*found[:place], *found[place + 1 :]]
            if one.incident.kind == kinds.JOINED:
                self._check_joined(name, one, others)
            if one.incident.kind == kinds.LEFT:
                self._check_left(name, one, others)

    def _check_joined(self, name: str, one: Dated, others: Iterable[Dated]) -> None:
        moment = one.incident.begin
        if moment >= self.until:
            raise one.entry.error(f"{name} would join when its past is over", "an earlier at")
        for other in others:
            if other.incident.begin < moment or (other.incident.begin == moment and not other.incident.is_span):
                raise _both(name, one, other)

    def _check_left(self, name: str, one: Dated, others: Iterable[Dated]) -> None:
        moment = one.incident.begin
        if moment <= self.begin:
            raise one.entry.error(f"{name} would leave before its past begins", "a later at")
        for other in others:
            if other.incident.end > moment or (other.incident.end == moment and not other.incident.is_span):
                raise _both(name, one, other)


def _both(name: str, one: Dated, other: Dated) -> SettingsError:
    """Why two incidents cannot both be."""
    problem = f"{name} cannot have both this {other.entry.kind} and the {one.entry.kind} of {one.entry.where}"
    return other.entry.error(problem, "another time for one of them, or other edges")


def _listed(names: Sequence[str]) -> str:
    more = "" if len(names) <= _LISTED else f" and {len(names) - _LISTED} more"
    return ", ".join(names[:_LISTED]) + more
