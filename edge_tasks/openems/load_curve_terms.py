"""The terms of a profile, and the keys that it may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import zoneinfo
    from collections.abc import Mapping

    from edge_tasks.openems.load_curve_part import Day, Knots

Kind: TypeAlias = Literal["production", "consumption"]

KINDS: Final[tuple[Kind, ...]] = ("production", "consumption")
CLOCK_KEYS: Final = ("utc_offset_min", "zone")
KEYS: Final = ("description", "step_s", *CLOCK_KEYS, "aligned", "holidays", "saturdays", *KINDS)
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CURVE_KEYS: Final = ("day", "weekend", *WEEKDAYS, "holiday")
SECTION_KEYS: Final = (
    *("day", "weekend", "scale", "shift_min", "noise"),
    *(*WEEKDAYS, "holiday", "seasons", "dynamisation", "unit", "csv", "series"),
)
SUN_KEYS: Final = ("sun", "pv", "clouds")
"""The keys of production only."""
SEASON_KEYS: Final = ("from", "to", "factor", *CURVE_KEYS)
PV_KEYS: Final = ("latitude", "longitude", "tilt", "azimuth")
SERIES_KEYS: Final = ("begin", "step_s", "watts", "repeat")
REPEATS: Final = ("year", "week", "never")
QUARTER_S: Final = 900
"""Clocks of time zones differ by quarters of an hour."""
HIGHEST_WATTS: Final = 1_000_000_000


class Sun(NamedTuple):
    """Seconds of the day at which the sun rises and sets."""

    sunrise: int
    sunset: int


class Panel(NamedTuple):
    """PV modules, in degrees: east and north are positive, azimuth 90 is east and 180 is south."""

    latitude: float
    longitude: float
    tilt: float
    azimuth: float


class Series(NamedTuple):
    """Readings.

    Attributes:
        begin: s since 1970.
        step_s: for which each holds.
        watts: one after the other.
        repeat: what is shown of them before and after; one of :data:`REPEATS`.
    """

    begin: int
    step_s: int
    watts: tuple[float, ...]
    repeat: str


@dataclass(frozen=True)
class Season:
    """Days of each year, both included; it may go across New Year.

    Attributes:
        begin: month and day.
        end: likewise.
        factor: by which its curves are multiplied.
        curves: its own, by key.
    """

    begin: tuple[int, int]
    end: tuple[int, int]
    factor: float
    curves: Mapping[str, Knots]

    def has(self, month: int, day: int) -> bool:
        """Whether a date is one of its days."""
        date = month, day
        if self.begin <= self.end:
            return self.begin <= date <= self.end
        return date >= self.begin or date <= self.end


@dataclass(frozen=True)
class Section:
    """What a profile says about one kind of meter.

    Attributes:
        curves: by key; ``day`` is there unless one of the next three is.
        sun: its rise and set, in place of curves.
        panel: in place of curves.
        series: in place of curves.
        seasons: without overlap.
        dynamisation: the coefficients of a polynomial of the day of the year; none for 1.
        unit: the level that means a datasource's value; None for the mean or the peak of ``day``, 1,000 W/m² of a
            panel, and a series' own W.
        scale: lowest and highest factor of a meter.
        shift_s: how much earlier or later at most.
        noise: of each step, as a share of it.
        clouds: lowest and highest share that an edge loses on a day.
    """

    curves: Mapping[str, Knots]
    sun: Sun | None
    panel: Panel | None
    series: Series | None
    seasons: tuple[Season, ...]
    dynamisation: tuple[float, ...]
    unit: float | None
    scale: tuple[float, float]
    shift_s: int
    noise: float
    clouds: tuple[float, float]


@dataclass(frozen=True)
class Clock:
    """The clock of a profile.

    Attributes:
        offset_s: how much it is ahead of UTC, without summer time.
        zone: that says how much it is ahead at each moment; None if that never changes.
    """

    offset_s: int
    zone: zoneinfo.ZoneInfo | None


@dataclass(frozen=True)
class Content:
    """A profile as read.

    Attributes:
        step_s: how long a value holds.
        clock: of the curves.
        aligned: whether all steps begin at whole ones of the clock.
        holidays: days that are like a Sunday, or have a curve of their own.
        saturdays: days that are like a Saturday unless they are holidays or Sundays.
        sections: by kind; at least one.
    """

    step_s: int
    clock: Clock
    aligned: bool
    holidays: tuple[Day, ...]
    saturdays: tuple[Day, ...]
    sections: Mapping[Kind, Section]
