"""The levels of a profile's days: whole numbers of 1/65536, one for each step. All meters share them.

A day here is one of the profile's clock without summer time, and counted from 1970. Days that depend on the date
are made when they are asked for, and some are kept.
"""

from __future__ import annotations

from array import array
from calendar import isleap
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Final, Protocol

from edge_tasks.openems.load_curve_part import DAY_S
from edge_tasks.openems.load_curve_sun import BRIGHTEST, ClearDay
from edge_tasks.openems.load_curve_terms import QUARTER_S

if TYPE_CHECKING:
    from edge_tasks.openems.load_curve_calendar import Calendar
    from edge_tasks.openems.load_curve_terms import Clock, Panel, Series

ONE: Final = 1 << 16
"""1 as a share: levels are whole numbers of 1/65536."""
EPOCH: Final = date(1970, 1, 1).toordinal()

_KEPT: Final = 600_000
"""About how many levels are kept: a year of minutes."""
_FEWEST_KEPT: Final = 4
_WEEK_S: Final = 7 * DAY_S


class Days(Protocol):
    """The levels of each day."""

    def levels(self, day: int) -> array[int]:
        """The levels of a day, counted from 1970, one for each step."""

    def range(self) -> tuple[int, int]:
        """No level of any day is lower or higher."""


class Kept:
    """Days that are made when they are first asked for.

    Args:
        days: that make them.
        steps: of a day.
    """

    def __init__(self, days: Days, steps: int) -> None:
        self._days = days
        self._most = max(_FEWEST_KEPT, _KEPT // steps)
        self._kept: dict[int, array[int]] = {}

    def levels(self, day: int) -> array[int]:
        """The levels of a day."""
        found = self._kept.get(day)
        if found is None:
            found = self._days.levels(day)
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[day] = found
        return found

    def range(self) -> tuple[int, int]:
        """The lowest and the highest."""
        return self._days.range()


class Zoned:
    """Days of people whose clocks change.

    Args:
        days: by their clock.
        clock: with a zone.
        step_s: divides a quarter of an hour.
    """

    def __init__(self, days: Days, clock: Clock, step_s: int) -> None:
        self._days, self._clock, self._steps = days, clock, QUARTER_S // step_s

    def levels(self, day: int) -> array[int]:
        """The levels of 24 hours, some of which may be on another day of the clock."""
        found = array("Q")
        begin = day * DAY_S - self._clock.offset_s
        for moment in range(begin, begin + DAY_S, QUARTER_S):
            own, second = divmod(self._shown(moment), DAY_S)
            place = second // QUARTER_S * self._steps
            found.extend(self._days.levels(own)[place : place + self._steps])
        return found

    def range(self) -> tuple[int, int]:
        """The lowest and the highest."""
        return self._days.range()

    def _shown(self, moment: int) -> int:
        """What the clock shows, as seconds since 1970."""
        ahead = datetime.fromtimestamp(moment, timezone.utc).astimezone(self._clock.zone).utcoffset()
        return moment + (int(ahead.total_seconds()) if ahead else 0)


class Sunny:
    """Days of PV modules.

    Args:
        panel: the modules.
        calendar: whose factors count.
        unit: kW/m² that mean 1.
        offset_s: of the clock.
        step_s: of the levels.
    """

    def __init__(self, panel: Panel, calendar: Calendar, unit: float, offset_s: int, step_s: int) -> None:
        self._panel, self._calendar, self._unit = panel, calendar, unit
        self._offset_s, self._step_s = offset_s, step_s

    def levels(self, day: int) -> array[int]:
        """What modules get in the middle of each step."""
        today = date.fromordinal(EPOCH + day)
        clear = ClearDay(self._panel, today.timetuple().tm_yday)
        factor = self._calendar.factor(today)
        middle = self._step_s / 2 - self._offset_s
        seconds = ((second + middle) % DAY_S for second in range(0, DAY_S, self._step_s))
        return array("Q", [round(clear.irradiance(one) / self._unit * factor * ONE) for one in seconds])

    def range(self) -> tuple[int, int]:
        """The levels from that of the night to one that no day reaches."""
        return 0, round(BRIGHTEST / self._unit * self._calendar.factors()[1] * ONE)


class Read:
    """Days of readings.

    Args:
        series: the readings.
        unit: W that mean 1.
        offset_s: of the clock.
        step_s: of the levels, divides a reading.
    """

    def __init__(self, series: Series, unit: float, offset_s: int, step_s: int) -> None:
        self._levels = array("Q", [round(watts / unit * ONE) for watts in series.watts])
        self._begin, self._length, self._repeat = series.begin, series.step_s, series.repeat
        self._offset_s, self._step_s = offset_s, step_s
        end = series.begin + series.step_s * len(series.watts)
        self._years = range(
            date.fromordinal(EPOCH + (end - 1 + offset_s) // DAY_S).year,
            date.fromordinal(EPOCH + (series.begin + offset_s) // DAY_S).year - 1,
            -1,
        )

    def levels(self, day: int) -> array[int]:
        """What was read in each step, or at the same time of another year or week."""
        begin = day * DAY_S - self._offset_s
        others = self._others(day)
        return array("Q", [self._level(one, others) for one in range(begin, begin + DAY_S, self._step_s)])

    def range(self) -> tuple[int, int]:
        """The lowest and the highest; before and after, nothing may be read."""
        return 0, max(self._levels)

    def _others(self, day: int) -> list[int]:
        """The seconds to the same date of each year of the readings, the last year first."""
        if self._repeat != "year":
            return []
        today = date.fromordinal(EPOCH + day)
        return [(_in_year(today, year).toordinal() - today.toordinal()) * DAY_S for year in self._years]

    def _level(self, moment: int, others: list[int]) -> int:
        for way in (0, *others):
            found = self._at(moment + way)
            if found is not None:
                return found
        if self._repeat == "week":
            return self._at(self._begin + (moment - self._begin) % _WEEK_S) or 0
        return 0

    def _at(self, moment: int) -> int | None:
        place = (moment - self._begin) // self._length
        return self._levels[place] if 0 <= place < len(self._levels) else None


def _in_year(today: date, year: int) -> date:
    """The same date of another year; 28 February for a 29th that it does not have."""
    is_leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=year, day=28 if is_leap_day and not isleap(year) else today.day)
