"""Which curve and which factor a day has, as docs/reference/profiles.md describes it."""

from __future__ import annotations

import bisect
import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edge_tasks.timedata.points import Whole

_DAY_S: Final = 86_400
_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_Points = tuple[tuple[int, float], ...]


def of_days(
    content: Mapping[str, object], section: Mapping[str, object], kind: str, step_s: int, days: Whole
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """A row for each day since 1970: its curve in its unit, at the beginning of each step."""
    sun = cast("Mapping[str, str] | None", section.get("sun"))
    if sun:
        curve = _sunny(_second(sun["rise"]), _second(sun["set"]), step_s)
        return np.tile(np.array(curve) / _unit(section, kind, curve), (len(days), 1))
    unit = _unit(section, kind, _lines(section["day"], step_s))
    known: dict[int, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {}
    rows = []
    for day in days.tolist():
        curve_of_day = _curve(content, section, _date(day))
        if id(curve_of_day) not in known:
            known[id(curve_of_day)] = np.array(_lines(curve_of_day, step_s)) / unit
        rows.append(known[id(curve_of_day)])
    return np.array(rows)


def factor(section: Mapping[str, object], day: int) -> float:
    """The factor of a day's curve."""
    today = _date(day)
    number = (today - date(today.year, 1, 1)).days + 1
    coefficients = cast("Sequence[float]", section.get("dynamisation", ()))
    dynamic = 0.0 if coefficients else 1.0
    for coefficient in coefficients[::-1]:
        dynamic = dynamic * number + coefficient
    season = _season(section, today)
    return max(dynamic, 0.0) * cast("float", season.get("factor", 1.0) if season else 1.0)


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


def _unit(section: Mapping[str, object], kind: str, curve: Sequence[float]) -> float:
    mean_or_peak = max(curve) if kind == "production" else math.fsum(curve) / len(curve)
    return cast("float", section.get("unit", mean_or_peak))


def _curve(content: Mapping[str, object], section: Mapping[str, object], today: date) -> object:
    """The first of all curves that the day may have."""
    name = _kind(content, today)
    order = {"holiday": ["holiday", "sunday", "weekend"], "saturday": ["saturday", "weekend"]}
    order["sunday"] = ["sunday", "weekend"]
    for curves in (_season(section, today) or {}, section):
        for key in [*order.get(name, [name]), "day"]:
            if key in curves:
                return curves[key]
    raise KeyError(name)


def _kind(content: Mapping[str, object], today: date) -> str:
    texts = {today.isoformat(), today.isoformat()[5:]}
    if texts & set(cast("Iterable[str]", content.get("holidays", ()))):
        return "holiday"
    name = _NAMES[today.weekday()]
    if name != "sunday" and texts & set(cast("Iterable[str]", content.get("saturdays", ()))):
        return "saturday"
    return name


def _season(section: Mapping[str, object], today: date) -> Mapping[str, object] | None:
    text = today.isoformat()[5:]
    for season in cast("Iterable[Mapping[str, object]]", section.get("seasons", ())):
        first, last = str(season["from"]), str(season["to"])
        if first <= text <= last or (last < first and not last < text < first):
            return season
    return None


def _sunny(rise: int, fall: int, step_s: int) -> list[float]:
    shares = [(second - rise) / (fall - rise) for second in range(0, _DAY_S, step_s)]
    arcs = [4 * share * (1 - share) if 0 < share < 1 else 0.0 for share in shares]
    sines = [4 * arc / (5 - arc) for arc in arcs]
    return [sine * math.sqrt(sine) for sine in sines]


def _lines(curve: object, step_s: int) -> list[float]:
    """The curve at the beginning of each step of the day, straight between its points, across midnight, too."""
    points = _points(curve)
    times = [second for second, _ in points]
    levels = []
    for second in range(0, _DAY_S, step_s):
        after = bisect.bisect_right(times, second)
        (begin, low), (end, high) = points[after - 1], points[after % len(points)]
        begin -= _DAY_S if after == 0 else 0
        end += _DAY_S if after == len(points) else 0
        levels.append(low + (high - low) * ((second - begin) / (end - begin)))
    return levels


def _points(curve: object) -> _Points:
    if isinstance(curve, dict):
        return tuple(sorted((_second(time), float(level)) for time, level in curve.items()))
    levels = cast("Sequence[float]", curve)
    return tuple((_DAY_S * place // len(levels), float(level)) for place, level in enumerate(levels))


def _second(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60
