"""Many blocks of one day become one. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge_tasks.timedata.embedded.block import days_of, series_in
from edge_tasks.timedata.embedded.moments import QUARTER_MS, together
from edge_tasks.timedata.series import Series

if TYPE_CHECKING:
    from collections.abc import Sequence


def compacted(blocks: Sequence[bytes], *, thin: bool) -> bytes:
    """One block with the points of several of the same day, or with those that :func:`thinned` leaves of them."""
    axes: dict[bytes, dict[int, Series]] = {}
    for key, series in series_in(blocks).items():
        kept = thinned(series) if thin else series
        axes.setdefault(kept.times.tobytes(), {})[key] = kept
    return together(
        day.block
        for channels in axes.values()
        for day in days_of(
            next(iter(channels.values())).times, {key: one.values for key, one in channels.items()}
        )
    )


def thinned(series: Series) -> Series:
    """The first and the last point of each quarter hour, so that no energy between quarter hours changes.

    A bill does not count a point that lies exactly at the begin of a quarter hour: the first one is the next.
    """
    times = series.times
    if not series:
        return series
    after = (times - 1) // QUARTER_MS
    within = times // QUARTER_MS
    kept = np.ones(len(times), np.bool_)
    kept[1:-1] = (after[1:-1] != after[:-2]) | (within[1:-1] != within[2:])
    return Series(times[kept], series.values[kept])
