"""Which reading counts at a moment, as docs/reference/profiles.md describes it, for many steps at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.timedata.points import Whole

_DAY_S: Final = 86_400
_EPOCH: Final = date(1970, 1, 1)


def watts(
    series: Mapping[str, object], seconds: Whole, offset_s: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """W.

    Args:
        series: of the profile.
        seconds: of the profile's clock without summer time, a row for each day.
        offset_s: by which that clock is ahead of UTC.
    """
    values = np.array(series["watts"], np.float64)
    begin = round(datetime.fromisoformat(str(series["begin"])).timestamp())
    length = cast("int", series["step_s"])
    repeat = series.get("repeat", "year")
    places = (seconds - offset_s - begin) // length
    if repeat == "week":
        inside = (places >= 0) & (places < len(values))
        places = np.where(inside, places, (seconds - offset_s - begin) % (7 * _DAY_S) // length)
    elif repeat == "year":
        first, last = (
            (_EPOCH + timedelta(days=(moment + offset_s) // _DAY_S)).year
            for moment in (begin, begin + length * len(values) - 1)
        )
        days = [_EPOCH + timedelta(days=day) for day in (seconds[:, 0] // _DAY_S).tolist()]
        for year in range(last, first - 1, -1):
            moved = np.array([_moved(day, year) for day in days])[:, None] * _DAY_S
            other = (seconds + moved - offset_s - begin) // length
            lacking = (places < 0) | (places >= len(values))
            places = np.where(lacking & (other >= 0) & (other < len(values)), other, places)
    inside = (places >= 0) & (places < len(values))
    return np.where(inside, values[np.where(inside, places, 0)], 0.0)


def _moved(day: date, year: int) -> int:
    """Days to the same date of a year."""
    try:
        return (day.replace(year=year) - day).days
    except ValueError:  # 29 February
        return (date(year, 2, 28) - day).days
