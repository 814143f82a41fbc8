"""An incident of an edge as people would type it. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from edge_tasks.fleet import incidents as kinds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from edge_tasks.fleet.incidents import Incident


def as_typed(incident: Incident, index: int, zone: tzinfo) -> str:
    """The text after ``--incident``: ``gap edges=3 from=2026-01-03T00:00:00+00:00 to=2026-01-04T00:00:00+00:00``.

    Args:
        incident: of one edge.
        index: of the edge.
        zone: in which moments are written.
    """
    return " ".join([incident.kind, f"edges={index}", *_words(incident, zone)])


def _words(incident: Incident, zone: tzinfo) -> Iterator[str]:
    if incident.of:
        yield f"{'meter' if incident.kind == kinds.METER_REPLACED else 'channel'}={incident.of}"
    if incident.is_span:
        yield f"from={_moment(incident.begin, zone)}"
        yield f"to={_moment(incident.end, zone)}"
    else:
        yield f"at={_moment(incident.begin, zone)}"
    if incident.shift_ms:
        yield f"shift={incident.shift_ms // 1000:+d}s"


def _moment(moment: int, zone: tzinfo) -> str:
    """A moment for people, to the millisecond."""
    return datetime.fromtimestamp(moment / 1000, zone).isoformat()
