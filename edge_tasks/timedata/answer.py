"""What a backend with ``Timedata.InfluxDB`` (``INFLUX_QL``) answers about an edge's history. Pure.

Recorded on OpenEMS 2024.7.0 with InfluxDB 1.8.10, oddities included. None as a whole answer means that the
backend has no result, and answers with an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata.local_time import at, epoch_ms, next_day, next_month, next_year, offset_ms
from edge_tasks.timedata.series import EMPTY, Series, number
from edge_tasks.timedata.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, tzinfo

    from edge_tasks.timedata.question import Question
    from edge_tasks.timedata.resolution import Resolution
    from edge_tasks.timedata.series import Number, SeriesOf
    from edge_tasks.timedata.span import Span

Row = dict[str, "Number"]
NEXT: Final[Mapping[str, Callable[[datetime, int], datetime]]] = {
    "DAYS": next_day,
    "MONTHS": next_month,
    "YEARS": next_year,
}
"""When a period ends that begins at a moment, for the units whose answers have every period."""


def energy(question: Question, series: SeriesOf) -> Row | None:
    """The last minus the first value of each channel.

    Both are of points after the begin and before the end of the question. So what was used before the first and
    after the last point is lost. A counter that fell can make it negative; a channel without a point is None.
    """
    if not question.channels:
        return {}
    span = question.span
    found = {channel: _difference(series.get(channel, EMPTY), span) for channel in question.channels}
    return None if all(value is None for value in found.values()) else found


def energy_per_period(question: Question, series: SeriesOf, resolution: Resolution) -> Table | None:
    """The last value of each period minus that of the one before it that has any.

    A period in which the counter fell is left out. Days, and all that is longer, are days of UTC whatever the
    zone; of a month or a year, OpenEMS answers a single day.
    """
    if not question.channels:
        return Table((), {})
    rows = _period_rows(question, series, resolution)
    return _every_period(question, rows, resolution) if rows else None


def data(question: Question, series: SeriesOf, resolution: Resolution) -> Table | None:
    """The mean of each period. The periods are those of the zone as it is at the begin of the question."""
    if not question.channels:
        return Table((), {})
    step, span = resolution.milliseconds, question.span
    found = {channel: series.get(channel, EMPTY).between(span.begin, span.end) for channel in question.channels}
    if step is None or not any(found.values()):
        return None
    offset = -offset_ms(question.begin) % step
    first = _start(span.begin, step, offset)
    places = range(first, span.end, step)
    shown = [place for place, start in enumerate(places) if start >= span.begin]
    columns = {channel: _means(one, first, step, len(places)) for channel, one in found.items()}
    return Table(
        [places[place] for place in shown],
        {channel: [means[place] for place in shown] for channel, means in columns.items()},
    )


def every_period(question: Question, rows: Mapping[int, Row], resolution: Resolution) -> Table:
    """A row for each day, month or year of the question: the first one that lies in it, or one without values."""
    times: list[int] = []
    chosen: list[Row] = []
    known, place, start = sorted(rows), 0, question.begin
    while start < question.end:
        end = NEXT[resolution.unit](start, resolution.value)
        begin_ms, end_ms = epoch_ms(start), epoch_ms(end)
        while place < len(known) and known[place] < begin_ms:
            place += 1
        inside = place < len(known) and known[place] < end_ms
        times.append(begin_ms)
        chosen.append(rows[known[place]] if inside else {})
        if end <= start:
            break
        start = end
    return Table(times, {channel: [row.get(channel) for row in chosen] for channel in question.channels})


def _every_period(question: Question, rows: Mapping[int, Row], resolution: Resolution) -> Table:
    if resolution.unit not in NEXT:
        return Table(
            list(rows), {channel: [row.get(channel) for row in rows.values()] for channel in question.channels}
        )
    by_month = resolution.unit == "MONTHS"
    return every_period(question, _one_a_month(rows, question.zone) if by_month else rows, resolution)


def _one_a_month(rows: Mapping[int, Row], zone: tzinfo) -> dict[int, Row]:
    """Of each month, the time of its first row and the values of its last one: OpenEMS does not add them up."""
    first: dict[tuple[int, int], int] = {}
    found: dict[int, Row] = {}
    for time, row in rows.items():
        when = at(time, zone)
        found[first.setdefault((when.year, when.month), time)] = row
    return found


def _difference(one: Series, span: Span) -> Number:
    inside = one.between(span.begin + 1, span.end)
    return number(inside.values[-1] - inside.values[0]) if inside else None


def _period_rows(question: Question, series: SeriesOf, resolution: Resolution) -> dict[int, Row]:
    """Rows by the begin of their periods, only those with any value."""
    step = DAY_MS if resolution.whole_days else resolution.milliseconds
    if step is None:
        return {}
    rows: dict[int, Row] = {}
    for channel in question.channels:
        times, values = _rises(series.get(channel, EMPTY), question.span, step)
        for time, value in zip(times, values, strict=True):
            rows.setdefault(time, {})[channel] = number(value)
    return {time: rows[time] for time in sorted(rows) if time >= question.span.begin}


def _rises(one: Series, span: Span, step: int) -> tuple[list[int], list[float]]:
    """How much a counter rose in each period that has a point, since the last period that has one."""
    inside = one.between(span.begin - step, span.end) if span else EMPTY
    if not inside:
        return [], []
    starts = inside.times // step * step
    last = np.flatnonzero(np.append(starts[1:] != starts[:-1], True))
    rises = np.diff(inside.values[last])
    kept = rises >= 0
    return starts[last][1:][kept].tolist(), rises[kept].tolist()


def _start(time: int, step: int, offset: int) -> int:
    return (time - offset) // step * step + offset


def _means(one: Series, first: int, step: int, count: int) -> list[Number]:
    places = (one.times - first) // step
    counts = np.bincount(places, minlength=count)
    sums = np.bincount(places, weights=one.values, minlength=count)
    means = sums / np.maximum(counts, 1)
    return [
        number(mean) if points else None for mean, points in zip(means.tolist(), counts.tolist(), strict=True)
    ]
