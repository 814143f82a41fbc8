"""Which curve a day has: of the week, of a season, of a holiday."""

from __future__ import annotations

from array import array
from datetime import date
from typing import TYPE_CHECKING, Final

from edge_tasks.openems.load_curve_part import DAY_S, Day
from edge_tasks.openems.load_curve_sun import height
from edge_tasks.openems.load_curve_terms import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.openems.load_curve_part import Knots
    from edge_tasks.openems.load_curve_terms import Content, Section

_ONE: Final = 1 << 16
_EPOCH: Final = date(1970, 1, 1).toordinal()
_MONDAY: Final = 3
"""1970-01-01 was a Thursday."""
_SUNDAY: Final = 6
_SATURDAY: Final = 5
_LONGEST_YEAR: Final = 366
_IN_PLACE: Final = {"saturday": ("saturday", "weekend", "day"), "sunday": ("sunday", "weekend", "day")}
_CHAINS: Final = {
    **{name: (name, "day") for name in WEEKDAYS},
    **_IN_PLACE,
    "holiday": ("holiday", *_IN_PLACE["sunday"]),
}
"""Which curves a day may have; the first that there is counts."""


class Week:
    """Days that depend on the day of the week only.

    Args:
        week: the levels of each weekday, Monday first.
    """

    def __init__(self, week: Sequence[array[int]]) -> None:
        self._week = tuple(week)

    def levels(self, day: int) -> array[int]:
        """The levels of a day."""
        return self._week[(day + _MONDAY) % 7]

    def range(self) -> tuple[int, int]:
        """The lowest and the highest."""
        return min(map(min, self._week)), max(map(max, self._week))


class Calendar:
    """The kind and the factor of each date.

    Args:
        content: the profile.
        section: whose seasons count.
    """

    def __init__(self, content: Content, section: Section) -> None:
        self._holidays, self._saturdays = frozenset(content.holidays), frozenset(content.saturdays)
        self._seasons, self._coefficients = section.seasons, section.dynamisation

    @property
    def is_week(self) -> bool:
        """Whether all weeks are alike."""
        return not (self._holidays or self._saturdays or self._seasons or self._coefficients)

    def kind(self, today: date) -> str:
        """One of the seven weekdays, or ``holiday``."""
        if _is_among(today, self._holidays):
            return "holiday"
        weekday = today.weekday()
        if weekday != _SUNDAY and _is_among(today, self._saturdays):
            return WEEKDAYS[_SATURDAY]
        return WEEKDAYS[weekday]

    def season(self, today: date) -> int | None:
        """The place of a date's season among all; None in the rest of the year."""
        each = enumerate(self._seasons)
        return next((place for place, one in each if one.has(today.month, today.day)), None)

    def factor(self, today: date) -> float:
        """The factor of a date's levels."""
        season = self.season(today)
        own = 1.0 if season is None else self._seasons[season].factor
        return self._dynamic(today.timetuple().tm_yday) * own

    def factors(self) -> tuple[float, float]:
        """No factor of any date is lower or higher."""
        days = [self._dynamic(number) for number in range(1, _LONGEST_YEAR + 1)]
        own = [1.0, *(one.factor for one in self._seasons)]
        return min(days) * min(own), max(days) * max(own)

    def _dynamic(self, number: int) -> float:
        """The polynomial of the day of the year."""
        if not self._coefficients:
            return 1.0
        found = 0.0
        for coefficient in reversed(self._coefficients):
            found = found * number + coefficient
        return max(found, 0.0)


class Dated:
    """Days that depend on the date.

    Args:
        calendar: of the dates.
        section: its curves, and those of its seasons.
        one: the level that means 1.
        step_s: of the levels.
    """

    def __init__(self, calendar: Calendar, section: Section, one: float, step_s: int) -> None:
        self._calendar = calendar
        places = (None, *range(len(section.seasons)))
        names = {(place, kind): _name(section, place, kind) for place in places for kind in _CHAINS}
        made = {name: _parts_of_one(section, *name, one, step_s) for name in set(names.values())}
        self._curves = {key: made[name] for key, name in names.items()}

    def levels(self, day: int) -> array[int]:
        """The levels of a day."""
        today = date.fromordinal(_EPOCH + day)
        curve = self._curves[self._calendar.season(today), self._calendar.kind(today)]
        factor = self._calendar.factor(today)
        return array("Q", [round(level * factor * _ONE) for level in curve])

    def week(self) -> Week:
        """The same, if all weeks are alike."""
        made = {id(curve): array("Q", [round(one * _ONE) for one in curve]) for curve in self._curves.values()}
        return Week([made[id(self._curves[None, name])] for name in WEEKDAYS])

    def range(self) -> tuple[int, int]:
        """The lowest and the highest."""
        low, high = self._calendar.factors()
        curves = self._curves.values()
        return round(min(map(min, curves)) * low * _ONE), round(max(map(max, curves)) * high * _ONE)


def day_curve(section: Section, step_s: int) -> list[float]:
    """The curve of a day without season, at the beginning of each step."""
    return _sampled_or_sunny(section, None, "day", step_s)


def _name(section: Section, place: int | None, kind: str) -> tuple[int | None, str]:
    """Which curve a kind of day has in a season: the season's own one, or the one of the rest of the year."""
    own = () if place is None else section.seasons[place].curves
    for where, curves in ((place, own), (None, section.curves)):
        for key in _CHAINS[kind]:
            if key in curves:
                return where, key
    return None, "day"


def _parts_of_one(section: Section, place: int | None, key: str, one: float, step_s: int) -> array[float]:
    return array("d", [level / one for level in _sampled_or_sunny(section, place, key, step_s)])


def _sampled_or_sunny(section: Section, place: int | None, key: str, step_s: int) -> list[float]:
    if section.sun:
        return [height(second, *section.sun) for second in range(0, DAY_S, step_s)]
    curves = section.curves if place is None else section.seasons[place].curves
    return _sampled(curves[key], step_s)


def _sampled(knots: Knots, step_s: int) -> list[float]:
    """The curve at the beginning of each step, on straight lines between its points."""
    first, last = knots[0], knots[-1]
    around = ((last[0] - DAY_S, last[1]), *knots, (first[0] + DAY_S, first[1]))
    levels = []
    place = 0
    for second in range(0, DAY_S, step_s):
        while around[place + 1][0] <= second:
            place += 1
        (begin, before), (end, after) = around[place], around[place + 1]
        levels.append(before + (after - before) * ((second - begin) / (end - begin)))
    return levels


def _is_among(today: date, days: frozenset[Day]) -> bool:
    return bool(days) and (Day(today.month, today.day) in days or Day(today.month, today.day, today.year) in days)
