"""Days, months and years of a place, as Java counts them. Pure.

A moment is an aware datetime in the zone of its place. Where a clock skips midnight, a day begins when it goes
on; where it shows a time twice, the first one counts.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET: Final = re.compile(r"GMT([+-])(\d{1,2})(?::?(\d{2}))?")
_HOURS_OF_DAY, _MINUTES_OF_HOUR, _MONTHS_OF_YEAR = 24, 60, 12


@lru_cache(maxsize=64)
def zone_called(name: str) -> tzinfo:
    """The zone of this name (``Europe/Berlin``, ``GMT+2``); UTC for a name that nobody knows, as in Java."""
    offset = _OFFSET.fullmatch(name)
    if offset:
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        if hours < _HOURS_OF_DAY and minutes < _MINUTES_OF_HOUR:
            sign = -1 if offset[1] == "-" else 1
            return timezone(sign * timedelta(hours=hours, minutes=minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.utc


def moment(local: datetime, zone: tzinfo) -> datetime:
    """The moment at which a place's clocks show this time, which has no zone yet."""
    at = local.replace(tzinfo=zone, fold=0).timestamp()
    return datetime.fromtimestamp(at, zone)


def begin_of_day(year: int, month: int, day: int, zone: tzinfo) -> datetime:
    """When a day begins at a place.

    Raises:
        ValueError: there is no such day.
    """
    return moment(datetime(year, month, day), zone)  # noqa: DTZ001 - moment() gives it its zone


def plus_days(start: datetime, days: int) -> datetime:
    """The same time of the clock, some days later or earlier."""
    return moment(_local(start) + timedelta(days=days), zone_of(start))


def next_day(start: datetime, days: int) -> datetime:
    """The midnight that ends a stretch of some days."""
    later = _local(start) + timedelta(days=days)
    return moment(later.replace(hour=0, minute=0, second=0, microsecond=0), zone_of(start))


def next_month(start: datetime, months: int) -> datetime:
    """The first of a month, some months later, at the same time of the clock."""
    place = start.year * _MONTHS_OF_YEAR + start.month - 1 + months
    year, month = divmod(place, _MONTHS_OF_YEAR)
    return moment(_local(start).replace(year=year, month=month + 1, day=1), zone_of(start))


def next_year(start: datetime, years: int) -> datetime:
    """The first of January, some years later, at the same time of the clock."""
    return moment(_local(start).replace(year=start.year + years, month=1, day=1), zone_of(start))


def at(milliseconds: int, zone: tzinfo) -> datetime:
    """The moment of an epoch time."""
    return datetime.fromtimestamp(milliseconds / 1000, zone)


def zone_of(when: datetime) -> tzinfo:
    """The zone that a moment is in."""
    return when.tzinfo or timezone.utc


def epoch_ms(when: datetime) -> int:
    """The epoch time of a moment, which has whole seconds."""
    return round(when.timestamp()) * 1000


def offset_ms(when: datetime) -> int:
    """The ms by which the clocks of the place are ahead of UTC at that moment."""
    offset = when.utcoffset()
    return 0 if offset is None else round(offset.total_seconds()) * 1000


def _local(when: datetime) -> datetime:
    return when.replace(tzinfo=None, fold=0)
