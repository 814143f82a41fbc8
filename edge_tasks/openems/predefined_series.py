"""Stand-ins for the curves that OpenEMS' ``Simulator.Datasource.CSV.Predefined`` offers.

OpenEMS' own files are under another licence and are not part of this project. A stand-in has as many values, and
the same energy in a day. Its shape is only similar. A curve with a rule (zero, the ramp) is the same.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_HOUSEHOLD: Final = ((0, 70), (3, 40), (5, 45), (8, 120), (13, 130), (16, 100), (20, 145), (24, 70))
"""Hours of the day with a level each; straight lines between them."""
_SUN: Final = (7, 20)
"""The hours between which the sun shines."""
_DAY_H: Final = 24
_QUARTERS: Final = 96
_MINUTES: Final = 1440


def _household(count: int, mean: float) -> tuple[float, ...]:
    """The values of a household's day, as many as asked for and with this mean."""
    levels = [_level(_DAY_H * number / count) for number in range(count)]
    return _scaled(levels, mean)


def _level(hour: float) -> float:
    for (begin, before), (end, after) in pairwise(_HOUSEHOLD):
        if hour < end:
            return before + (after - before) * (hour - begin) / (end - begin)
    return _HOUSEHOLD[-1][1]


def _sunny(count: int, mean: float) -> tuple[float, ...]:
    """The values of a day's sun, a parabola, as many as asked for and with this mean."""
    rise, fall = _SUN
    hours = (_DAY_H * number / count for number in range(count))
    return _scaled([max(0.0, (hour - rise) * (fall - hour)) for hour in hours], mean)


def _scaled(levels: Sequence[float], mean: float) -> tuple[float, ...]:
    scale = mean * len(levels) / sum(levels)
    return tuple(level * scale for level in levels)


_MADE: Final[Mapping[str, Callable[[], tuple[float, ...]]]] = {
    "ZERO": lambda: (0.0,),
    "H0_HOUSEHOLD_SUMMER_WEEKDAY_STANDARD_LOAD_PROFILE": lambda: _household(_QUARTERS, 0.11725458),
    "H0_HOUSEHOLD_SUMMER_WEEKDAY_PV_PRODUCTION": lambda: _sunny(_MINUTES, 1512.985),
    "H0_HOUSEHOLD_SUMMER_WEEKDAY_NON_REGULATED_CONSUMPTION": lambda: _household(_MINUTES, -544.3325),
    "H0_HOUSEHOLD_SUMMER_WEEKDAY_PV_PRODUCTION2": lambda: tuple(2000.0 + 2 * one for one in range(_MINUTES)),
}
SOURCES: Final = tuple(_MADE)
"""The names of the curves: what ``source`` may be."""


def predefined(source: str) -> tuple[float, ...]:
    """The values of a curve, before its factor; none of a name that is not known.

    The standard load profile has one value for each quarter of an hour, and is meant for a factor of some
    thousands. The others have one for each minute, in W.
    """
    made = _MADE.get(source)
    return () if made is None else made()
