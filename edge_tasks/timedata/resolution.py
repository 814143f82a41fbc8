"""How long the periods of an answer are. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.openems.milliseconds import DAY_MS, HOUR_MS, MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_MS: Final[Mapping[str, float]] = {
    "NANOS": 1e-6,
    "MICROS": 1e-3,
    "MILLIS": 1,
    "SECONDS": 1_000,
    "MINUTES": MINUTE_MS,
    "HOURS": HOUR_MS,
    "HALF_DAYS": DAY_MS // 2,
    "DAYS": DAY_MS,
}
_LONGER: Final = ("WEEKS", "MONTHS", "YEARS", "DECADES", "CENTURIES", "MILLENNIA", "ERAS", "FOREVER")
UNITS: Final = frozenset((*_MS, *_LONGER))
"""The names of Java's units of time."""
_AUTOMATIC: Final = (
    (1, 5, "MINUTES"),
    (2, 10, "MINUTES"),
    (3, 15, "MINUTES"),
    (4, 20, "MINUTES"),
    (6, 30, "MINUTES"),
    (12, 1, "HOURS"),
    (24, 2, "HOURS"),
)
"""Up to so many days, a period is that long. A longer stretch has a month in it, and only what is beside whole
months is counted (see :func:`automatic`)."""


@dataclass(frozen=True)
class Resolution:
    """A length of time.

    Attributes:
        value: how many units.
        unit: one of :data:`UNITS`.
    """

    value: int
    unit: str

    @property
    def whole_days(self) -> bool:
        """Its length depends on the calendar, so OpenEMS groups by single days (or hours) instead."""
        return self.unit == "DAYS" or self.unit not in _MS

    @property
    def milliseconds(self) -> int | None:
        """Its length in whole seconds, as milliseconds; None if it depends on the calendar, or is no second."""
        if self.unit not in _MS:
            return None
        seconds = int(self.value * _MS[self.unit] / 1000)
        return seconds * 1000 if seconds > 0 else None


def automatic(begin: datetime, end: datetime) -> Resolution:
    """The resolution of a question that names none.

    OpenEMS counts the days beyond whole months only: a month is answered in steps of five minutes.
    """
    days = _days_beyond_months(begin, end)
    for most, value, unit in _AUTOMATIC:
        if days <= most:
            return Resolution(value, unit)
    return Resolution(4, "HOURS")


def _days_beyond_months(begin: datetime, end: datetime) -> int:
    """The days of Java's ``Period`` between two dates."""
    if end < begin:
        return 0
    months = (end.year - begin.year) * 12 + end.month - begin.month
    if end.day >= begin.day:
        return end.day - begin.day
    months -= 1
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    anchor = begin.replace(year=year, month=month + 1, day=min(begin.day, _length(year, month + 1)), tzinfo=None)
    return (end.replace(tzinfo=None) - anchor).days


def _length(year: int, month: int) -> int:
    """How many days a month has."""
    return monthrange(year, month)[1]
