"""The span that people name: days in a time zone, or moments."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from edge_tasks.errors import SettingsError
from edge_tasks.fleet.day_or_moment import read_day_or_moment
from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata.span import Span

NOW: Final = "now"
_EVERY: Final = re.compile(r"([1-9][0-9]*)(s|m|h)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
_FORMS: Final = "a day such as 2025-11-01, or a moment such as 2025-11-01T12:00:00+03:00"


def zone_named(name: str) -> ZoneInfo:
    """The time zone of a name.

    Raises:
        SettingsError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder, a path, a name that is not there
        raise SettingsError(f"there is no time zone {name!r}", hint="--zone Europe/Berlin, for example") from None


def span_named(begin: str, end: str, zone: tzinfo, now: int) -> Span:
    """The span from a day or moment to another; both days belong to it.

    Args:
        begin: as it was typed after ``--from``.
        end: after ``--to``; ``now`` is a moment, and so is today.
        zone: whose days are meant.
        now: epoch ms.

    Raises:
        SettingsError: one is neither, or the span is empty or in the future.
    """
    first = moment_named(begin, "--from", zone)
    last = now if end == NOW else moment_named(end, "--to", zone, days=1)
    if end == f"{datetime.fromtimestamp(now / 1000, zone):%Y-%m-%d}":
        last = now  # today is not over
    if last > now:
        raise SettingsError(f"--to {end} is in the future", hint="leave out --to: the past ends now")
    if first >= last:
        raise SettingsError(f"--from {begin} is not before --to {end}", hint="an earlier --from, or a later --to")
    return Span(first, last)


def moment_named(text: str, name: str, zone: tzinfo, days: int = 0) -> int:
    """Epoch ms of a moment, or of a day's beginning, so many days later.

    Args:
        text: as it was typed.
        name: of what was typed, for people: ``--from``.
        zone: whose days are meant.
        days: how many days after the beginning of a day.

    Raises:
        SettingsError: it is neither.
    """
    try:
        found = read_day_or_moment(text)
        if not isinstance(found, datetime):
            found = datetime.combine(found + timedelta(days), time(), zone)
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        moment = round(found.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise SettingsError(f"{name} is {text!r}", hint=_FORMS) from None
    if moment < 0:
        raise SettingsError(f"{name} {text} is before 1970", hint=_FORMS)
    return moment


def every_ms(text: str) -> int:
    """The ms of ``15m``.

    Raises:
        SettingsError: it is something else, or more than a day.
    """
    found = _EVERY.fullmatch(text)
    length = int(found[1]) * _SECONDS[found[2]] * 1000 if found else 0
    if not 0 < length <= DAY_MS:
        raise SettingsError(f"--every is {text!r}", hint="from 1s to 24h, such as 15m")
    return length


def every_text(length: int) -> str:
    """The text of which :func:`every_ms` makes so many ms: ``15m``."""
    unit = next((unit for unit in "hms" if length % (_SECONDS[unit] * 1000) == 0), "s")
    return f"{length // (_SECONDS[unit] * 1000)}{unit}"


def written(moment: int, zone: tzinfo = timezone.utc) -> str:
    """A moment as people read and type it."""
    return datetime.fromtimestamp(moment // 1000, zone).isoformat()
