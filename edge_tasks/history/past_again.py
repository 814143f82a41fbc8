"""What is typed so that a past stays that was written otherwise than is wanted now. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from edge_tasks.fleet.incidents import joined_at
from edge_tasks.history import dates
from edge_tasks.history.incident_text import as_typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from edge_tasks.history.pasts import Noted, Wish


def how_to_keep(index: int, wish: Wish, noted: Noted, begin: int, zone: tzinfo) -> str:
    """What to type so that the past of an edge stays, if anything does, and what writes the other one.

    Args:
        index: of the edge.
        wish: what is wanted for it.
        noted: what was written.
        begin: epoch ms after ``--from``.
        zone: in which people read moments.
    """
    adopt = "--adopt removes it and writes the new one"
    if wish.mark != noted.mark:
        return adopt
    ways = []
    if options := " ".join(_options(wish, noted, begin, zone)):
        ways.append(f"type {options} as for this past")
    if wish.incidents != noted.incidents:
        ways.append(_incidents(index, noted, zone))
    return "; ".join((", and ".join(ways), adopt))


def _options(wish: Wish, noted: Noted, begin: int, zone: tzinfo) -> Iterator[str]:
    if joined_at(noted.incidents, begin) != noted.begin:
        own = dates.zone_named(noted.zone) if noted.zone else zone
        yield f"--from {datetime.fromtimestamp(noted.begin / 1000, own).isoformat()}"
        if noted.zone and noted.zone != str(zone):
            yield f"--zone {noted.zone}"
    if wish.every != noted.every:
        yield f"--every {dates.every_text(noted.every)}"


def _incidents(index: int, noted: Noted, zone: tzinfo) -> str:
    """What to do with incidents if other ones are wanted."""
    if not noted.incidents:
        return "leave out the incidents, which this past does not have"
    again = " ".join(f'--incident "{as_typed(one, index, zone)}"' for one in noted.incidents)
    return f"type the incidents of this past again, for edge{index}: {again}"
