"""Days, months and years of a place, as people bill them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from edge_tasks.timedata.local_time import begin_of_day, epoch_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

DAY: Final = "day"
LENGTHS: Final = (DAY, "month", "year", "total")
_ONE: Final = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Some days.

    Attributes:
        name: ``2025-11-03``, ``2025-11``, ``2025``, or the first and the last day with a slash between them.
        first: its first day.
        last: its last one.
        begin: epoch ms, when the first one begins at the place.
        end: epoch ms, when the last one ends there.
    """

    name: str
    first: date
    last: date
    begin: int
    end: int


def periods(first: date, last: date, length: str, zone: tzinfo) -> list[Period]:
    """All days from the first to the last one, both included, in periods of a length.

    A month or year that is not asked for as a whole has only the days that are.

    Args:
        first: the first day.
        last: the last one.
        length: one of :data:`LENGTHS`.
        zone: whose days these are.
    """
    found = []
    begin = first
    while begin <= last:
        end = min(last, _last_day(begin, last, length))
        moments = epoch_ms(_midnight(begin, zone)), epoch_ms(_midnight(end + _ONE, zone))
        found.append(Period(_name(begin, end, length), begin, end, *moments))
        begin = end + _ONE
    return found


def midnights(first: date, last: date, zone: tzinfo) -> Iterator[int]:
    """Epoch ms at which each of these days begins."""
    while first <= last:
        yield epoch_ms(_midnight(first, zone))
        first += _ONE


def _midnight(day: date, zone: tzinfo) -> datetime:
    return begin_of_day(day.year, day.month, day.day, zone)


def _last_day(day: date, last: date, length: str) -> date:
    """The last day of the period that a day is in."""
    if length == DAY:
        return day
    if length == "month":
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - _ONE
    return day.replace(month=12, day=31) if length == "year" else last


def _name(first: date, last: date, length: str) -> str:
    forms = {DAY: "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
    return first.strftime(forms[length]) if length in forms else f"{first}/{last}"
