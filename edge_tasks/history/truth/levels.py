"""The levels of a profile's steps, as docs/reference/profiles.md describes them, for many days at once.

Like :mod:`.curve` it shares nothing with what light edges use.
"""

from __future__ import annotations

import math
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final, cast
from zoneinfo import ZoneInfo

import numpy as np

from edge_tasks.history.truth import clear_sky, day_curves, past_readings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.openems.load_curve_terms import Kind
    from edge_tasks.timedata.points import Whole

_DAY_S: Final = 86_400
_QUARTER_S: Final = 900
_AROUND: Final = 2
"""Days by which edges may be apart."""
_AHEAD: Final = 32
"""Days that are reckoned at once beyond those that are asked for."""
_REFERENCE: Final = datetime(2025, 1, 1, tzinfo=timezone.utc)


def offset_of(content: Mapping[str, object]) -> int:
    """S by which the profile's clock without summer time is ahead of UTC."""
    zone = content.get("zone")
    if zone is None:
        return 60 * cast("int", content.get("utc_offset_min", 0))
    return _ahead(_REFERENCE, ZoneInfo(str(zone)))


class Levels:
    """The levels that all meters of one kind have.

    Args:
        content: the profile, as its file has it.
        kind: ``production`` or ``consumption``.

    Attributes:
        steps: of a day.
    """

    def __init__(self, content: Mapping[str, object], kind: str) -> None:
        self._content, self._kind = content, kind
        self._section = cast("Mapping[str, object]", content[kind])
        self._step_s = cast("int", content.get("step_s", 300))
        self._offset_s = offset_of(content)
        self.steps = _DAY_S // self._step_s
        self._first = self._end = 0
        self._found: Whole = np.empty(0, np.int64)
        self._highest = 0

    def at(self, steps: Whole) -> tuple[Whole, int]:
        """The levels at steps since 1970, which are ascending, and a level that none of them exceeds."""
        first, last = int(steps[0]) // self.steps, int(steps[-1]) // self.steps
        if first < self._first or last >= self._end:
            self._first, self._end = first - _AROUND, last + 1 + _AHEAD
            self._found = self._made(np.arange(self._first, self._end)).ravel()
            self._highest = int(self._found.max())
        return self._found[steps - self._first * self.steps], self._highest

    def _made(self, days: Whole) -> Whole:
        """A row for each day."""
        seconds = days[:, None] * _DAY_S + np.arange(self.steps) * self._step_s
        if "series" in self._section:
            series = cast("Mapping[str, object]", self._section["series"])
            found = past_readings.watts(series, seconds, self._offset_s) / self._unit(1024)
        elif "pv" in self._section:
            panel = cast("Mapping[str, float]", self._section["pv"])
            middles = (seconds - self._offset_s).astype(np.float64) + self._step_s / 2
            found = clear_sky.irradiance(panel, days, middles) / self._unit(1) * self._factors(days)
        else:
            return self._of_curves(seconds)
        return _rounded(found)

    def _of_curves(self, seconds: Whole) -> Whole:
        """What clocks show at each step, and what the curve of that day is then."""
        shown = self._shown(seconds)
        days, rows = np.unique(shown // _DAY_S, return_inverse=True)
        curves = day_curves.of_days(self._content, self._section, self._kind, self._step_s, days)
        table = _rounded(curves * self._factors(days))
        found: Whole = table[rows.reshape(shown.shape), shown % _DAY_S // self._step_s]
        return found

    def _shown(self, seconds: Whole) -> Whole:
        zone = self._content.get("zone")
        if zone is None:
            return seconds
        info = ZoneInfo(str(zone))
        moments = seconds - self._offset_s
        quarters, places = np.unique(moments // _QUARTER_S, return_inverse=True)
        each = (datetime.fromtimestamp(one * _QUARTER_S, timezone.utc) for one in quarters.tolist())
        ahead = np.array([_ahead(one, info) for one in each], np.int64)
        found: Whole = moments + ahead[places.reshape(moments.shape)]
        return found

    def _factors(self, days: Whole) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.array([day_curves.factor(self._section, day) for day in days.tolist()])[:, None]

    def _unit(self, default: float) -> float:
        return cast("float", self._section.get("unit", default))


def levels_of(profile: Mapping[str, object] | None) -> dict[Kind, Levels]:
    """The levels of all kinds of meters that a profile describes."""
    kinds: tuple[Kind, ...] = ("production", "consumption")
    return {kind: Levels(profile, kind) for kind in kinds if profile is not None and kind in profile}


def _rounded(levels: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Whole:
    return np.rint(levels * 65_536).astype(np.int64)


def _ahead(moment: datetime, zone: ZoneInfo) -> int:
    ahead = moment.astimezone(zone).utcoffset()
    return math.floor(ahead.total_seconds()) if ahead else 0
