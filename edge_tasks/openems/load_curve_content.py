"""What a profile can contain, as plain JSON: the YAML file and the fleet file have the same content. No I/O.

::

    {"step_s": 300, "utc_offset_min": 60 or "zone": "Europe/Berlin", "aligned": true,
     "holidays": ["12-25", "2026-04-06"], "saturdays": ["12-24"],
     "consumption": {"day": [0.5, 0.4, ...] or {"06:30": 0.8, ...},
                     "weekend", "monday", ..., "sunday", "holiday": likewise,
                     "seasons": [{"from": "11-01", "to": "03-20", "factor": 1.2, "day": ...}],
                     "dynamisation": [1.24, 0.0021], "unit": 28.5,
                     "scale": [0.6, 1.5], "shift_min": 60, "noise": 0.3},
     "production": {"sun": {"rise": "06:00", "set": "20:00"}, or "day" as above, or
                    "pv": {"latitude": 52.5, "longitude": 13.4, "tilt": 30, "azimuth": 180},
                    "scale": ..., "shift_min": ..., "noise": ..., "clouds": [0.05, 0.7]}}

At least one of the two kinds must be there; within one, only its curve: ``day``, ``sun``, ``pv`` or ``series``. A
``series`` is what a file of readings (``csv``) holds; whoever reads the profile's file puts it in that place.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Final

from edge_tasks.openems.load_curve_part import DAY_S, Knots, Part, ProfileError, is_number, shown
from edge_tasks.openems.load_curve_terms import (
    CLOCK_KEYS,
    CURVE_KEYS,
    HIGHEST_WATTS,
    KEYS,
    KINDS,
    PV_KEYS,
    QUARTER_S,
    REPEATS,
    SEASON_KEYS,
    SECTION_KEYS,
    SERIES_KEYS,
    SUN_KEYS,
    Clock,
    Content,
    Kind,
    Panel,
    Season,
    Section,
    Series,
    Sun,
)

_LONGEST_STEP: Final = 3600
_FARTHEST_OFFSET: Final = 14 * 60
_LARGEST_SCALE: Final = 1000
_LONGEST_SHIFT: Final = 12 * 60
_MOST_COEFFICIENTS: Final = 8
_SMALLEST_UNIT: Final = 1e-6
_MOST_READINGS: Final = 600_000
_REFERENCE: Final = datetime(2025, 1, 1, tzinfo=timezone.utc)
"""The moment whose offset is a zone's standard here."""


def read(content: object) -> Content:
    """Check a profile's content and give it its shape.

    Raises:
        ProfileError: it is not usable; which key, and what is allowed.
    """
    whole = Part(content, (), KEYS)
    whole.text("description")
    step_s = whole.whole("step_s", 300, 1, _LONGEST_STEP)
    if DAY_S % step_s:
        whole.fail(f"step_s is {step_s}", "seconds that divide a day evenly, such as 60, 300 or 900", "step_s")
    clock = read_clock(content)
    if clock.zone and QUARTER_S % step_s:
        whole.fail(f"step_s is {step_s} beside zone", "seconds that divide 900 evenly", "step_s")
    sections = {kind: _section(whole.part(kind, _known(kind)), kind) for kind in KINDS if kind in whole.items}
    if not sections:
        raise ProfileError("it describes no meter", f"{' or '.join(KINDS)}, or both")
    for kind, section in sections.items():
        if section.series:
            _fit(whole.part(kind, _known(kind)), section.series, step_s, clock)
    default = any(section.series for section in sections.values())
    return Content(
        step_s,
        clock,
        whole.yes("aligned", default=default),
        whole.dates("holidays"),
        whole.dates("saturdays"),
        sections,
    )


def read_clock(content: object) -> Clock:
    """The clock of a profile's content.

    Raises:
        ProfileError: there is no such clock.
    """
    items = content if isinstance(content, Mapping) else {}
    part = Part({key: items[key] for key in CLOCK_KEYS if key in items}, (), CLOCK_KEYS)
    offset = part.whole("utc_offset_min", 0, -_FARTHEST_OFFSET, _FARTHEST_OFFSET)
    if "zone" not in part.items:
        return Clock(offset * 60, None)
    if "utc_offset_min" in part.items:
        part.fail("zone stands beside utc_offset_min", "one of them", "zone")
    name = part.items["zone"]
    try:
        zone = zoneinfo.ZoneInfo(name if isinstance(name, str) else "")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        part.fail(f"zone is {shown(name)}", "an IANA time zone, such as Europe/Berlin", "zone")
    ahead = _REFERENCE.astimezone(zone).utcoffset()
    return Clock(int(ahead.total_seconds()) if ahead else 0, zone)


def _known(kind: Kind) -> tuple[str, ...]:
    return (*SECTION_KEYS, *SUN_KEYS) if kind == "production" else SECTION_KEYS


def _section(part: Part, kind: Kind) -> Section:
    own = _own_curve(part, kind)
    section = Section(
        curves=_curves(part),
        sun=_sun(part.part("sun", ("rise", "set"))) if own == "sun" else None,
        panel=_panel(part.part("pv", PV_KEYS)) if own == "pv" else None,
        series=_series(part.part("series", SERIES_KEYS)) if own == "series" else None,
        seasons=_seasons(part, own),
        dynamisation=part.numbers("dynamisation", _MOST_COEFFICIENTS),
        unit=part.number("unit", None, HIGHEST_WATTS, _SMALLEST_UNIT) if "unit" in part.items else None,
        scale=part.pair("scale", (1.0, 1.0), _LARGEST_SCALE),
        shift_s=part.whole("shift_min", 0, 0, _LONGEST_SHIFT) * 60,
        noise=part.number("noise", 0.0, 1),
        clouds=part.pair("clouds", (0.0, 0.0), 1),
    )
    if own == "series" and (section.seasons or section.dynamisation):
        part.fail("series has seasons beside it", "seasons and dynamisation beside day, sun or pv", "series")
    return section


def _own_curve(part: Part, kind: Kind) -> str:
    """Which key the curve has."""
    allowed = ("day", "sun", "pv", "csv") if kind == "production" else ("day", "csv")
    found = [key for key in (*allowed, "series") if key in part.items]
    if len(found) != 1:
        name = part.name.rstrip(".")
        problem = f"{name} has both {' and '.join(found)}" if found else f"{name} has no curve"
        raise ProfileError(problem, " or ".join(allowed), (kind,))
    if found[0] == "csv":
        part.fail("csv has not been read", "series, or csv in a profile's file", "csv")
    extra = next((key for key in CURVE_KEYS if key in part.items), "")
    if found[0] != "day" and extra:
        raise ProfileError(f"{kind} has a {extra} beside {found[0]}", f"{extra} beside day only", (kind, extra))
    return str(found[0])


def _curves(part: Part) -> dict[str, Knots]:
    found = ((key, part.curve(key)) for key in CURVE_KEYS)
    return {key: curve for key, curve in found if curve}


def _sun(part: Part) -> Sun:
    sunrise, sunset = part.time("rise"), part.time("set")
    if sunrise >= sunset:
        part.fail(f"set is not after {part.name}rise", "a sunset later on the same day", "set")
    return Sun(sunrise, sunset)


def _panel(part: Part) -> Panel:
    return Panel(
        part.number("latitude", None, 90, -90),
        part.number("longitude", None, 180, -180),
        part.number("tilt", 0, 90),
        part.number("azimuth", 180, 360),
    )


def _seasons(part: Part, own: str) -> tuple[Season, ...]:
    found: list[Season] = []
    for one in part.parts("seasons", SEASON_KEYS if own == "day" else SEASON_KEYS[:3]):
        (first, last), factor = (
            (one.date("from")[:2], one.date("to")[:2]),
            one.number("factor", 1.0, _LARGEST_SCALE),
        )
        season = Season(first, last, factor, _curves(one))
        for place, other in enumerate(found):
            if other.has(*first) or season.has(*other.begin):
                one.fail(f"from is within {part.name}seasons[{place + 1}]", "seasons that do not overlap", "from")
        found.append(season)
    return tuple(found)


def _series(part: Part) -> Series:
    begin, watts = part.items.get("begin"), part.items.get("watts")
    try:
        first = datetime.fromisoformat(begin if isinstance(begin, str) else "")
    except ValueError:
        first = _REFERENCE.replace(tzinfo=None)
    if first.utcoffset() is None or first.microsecond:
        part.fail(f"begin is {shown(begin)}", "a moment such as 2025-01-01T00:00:00+00:00", "begin")
    if not isinstance(watts, list | tuple) or not 1 < len(watts) <= _MOST_READINGS:
        part.fail("watts is no list of readings", f"2 to {_MOST_READINGS:,} numbers", "watts")
    for place, one in enumerate(watts):
        if not is_number(one, 0, HIGHEST_WATTS):
            allowed = f"a number from 0 to {HIGHEST_WATTS:,}"
            part.fail(f"watts has {shown(one)} as number {place + 1}", allowed, "watts", place)
    step_s = part.whole("step_s", None, 1, DAY_S)
    repeat = part.choice("repeat", REPEATS[0], REPEATS)
    return Series(int(first.timestamp()), step_s, tuple(map(float, watts)), repeat)


def _fit(part: Part, series: Series, step_s: int, clock: Clock) -> None:
    """Refuse readings of which a step would show another share than their own."""
    if series.step_s % step_s:
        allowed = f"step_s of the profile that divides {series.step_s} evenly"
        part.fail(f"series has a reading each {series.step_s} s, and step_s is {step_s}", allowed, "series")
    if (series.begin + clock.offset_s) % step_s:
        part.fail(f"series does not begin with a step of {step_s} s", "readings from a whole step on", "series")
    least = {"week": 7, "year": 365, "never": 0}[series.repeat]
    if series.step_s * len(series.watts) < least * DAY_S:
        allowed = f"readings of {least} days and more, or another of {', '.join(REPEATS)}"
        part.fail(f"series is shorter than its repeat, {series.repeat}", allowed, "series", "repeat")
