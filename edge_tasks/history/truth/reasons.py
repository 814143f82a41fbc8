"""Why an answer differs from the truth: the words for it, each explained in docs/reference/truth.md. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.fleet import incidents as kinds
from edge_tasks.history import dates
from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.truth.periods import Period

SAME: Final = ""
ENDS: Final = "first and last point"
LAST: Final = "last point of a day"
UTC_DAYS: Final = "UTC days"
NO_DAY_BEFORE: Final = "no day before"
NO_POINT: Final = "no point"
NOT_KEPT: Final = "not kept"
BEFORE: Final = "before its past"
LIVE: Final = "live"
NOT_BACKFILLED: Final = "not backfilled"
CHANGED: Final = "changed"
NOT_RECKONED: Final = "not reckoned"
INCIDENT: Final = "incident"
"""Stands for the incidents themselves, which :func:`words_of` names."""
OF_INCIDENTS: Final[Mapping[str, str]] = {
    kinds.GAP: "gap",
    kinds.METER_REPLACED: "meter replaced",
    kinds.COUNTER_RESET: "counter reset",
    kinds.CLOCK: "clock",
    kinds.LEFT: "left",
}
"""The words for those that change answers."""
WHYS: Final = (
    *(SAME, ENDS, LAST, UTC_DAYS, NO_DAY_BEFORE, NO_POINT),
    *(NOT_KEPT, BEFORE, LIVE, NOT_BACKFILLED, CHANGED, NOT_RECKONED, INCIDENT),
)
"""All of them, each with its place."""
UNKNOWN: Final = frozenset({LIVE, NOT_BACKFILLED, CHANGED, NOT_RECKONED})
"""With these it is not known what the backend answers."""
_BEHIND: Final = ": "


def words_of(incidents: Sequence[Incident], channel: str, period: Period, zone: tzinfo) -> str:
    """The incidents that make an answer differ: ``gap: 2026-01-03T00:00:00+00:00 to 2026-01-05T00:00:00+00:00``.

    These are the ones within the period. If there are none, it is the last one before its end: what an edge used
    in a gap counts on the day after it. Days of UTC end up to a day later than those of the place.
    """
    known = [one for one in incidents if one.kind in OF_INCIDENTS and (one.is_span or _has(one, channel))]
    earlier = [one for one in known if _begin(one) < period.end + DAY_MS]
    within = [one for one in earlier if _begin(one) < period.end and _end(one) >= period.begin]
    return "; ".join(_words(one, zone) for one in within or earlier[-1:] or known)


def kind_of(why: str) -> str:
    """A reason without its moments: ``gap``."""
    return why.partition(_BEHIND)[0]


def _has(incident: Incident, channel: str) -> bool:
    return incident.kind == kinds.LEFT or incident.has(channel)


def _begin(incident: Incident) -> int:
    return incident.begin + min(0, incident.shift_ms)


def _end(incident: Incident) -> int:
    return NEVER if incident.kind == kinds.LEFT else incident.end + max(0, incident.shift_ms)


def _words(incident: Incident, zone: tzinfo) -> str:
    begin, end = dates.written(incident.begin, zone), dates.written(incident.end, zone)
    span = f"{begin} to {end}" if incident.is_span else begin
    return f"{OF_INCIDENTS[incident.kind]}{_BEHIND}{span}"
