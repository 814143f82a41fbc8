"""What a backend with ``Timedata.AggregatedInfluxDB`` answers about an edge's history. Pure.

It keeps one value a day of each counter: the last one before midnight at a place. So days, months and years are
those of the place, and nothing is lost between them. Of powers it keeps means of five minutes. What is asked
until today or later is answered with what the edge has sent last, and not at all without that.

Read in OpenEMS 2024.7.0 and recorded there. None as a whole answer means that the backend has no result, and
answers with an error. That is so, too, if only one of the channels is none that it keeps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from edge_tasks.openems.milliseconds import HOUR_MS
from edge_tasks.timedata import answer
from edge_tasks.timedata.allowed_channels import allowed_channels
from edge_tasks.timedata.answer import every_period
from edge_tasks.timedata.local_time import at, begin_of_day, epoch_ms, next_day, plus_days
from edge_tasks.timedata.series import EMPTY, Series
from edge_tasks.timedata.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from edge_tasks.timedata.answer import Row
    from edge_tasks.timedata.question import Question
    from edge_tasks.timedata.resolution import Resolution
    from edge_tasks.timedata.series import Number, SeriesOf

_WINDOW_MS: Final = 300_000


@dataclass(frozen=True)
class Present:
    """What a backend knows when it is asked.

    Attributes:
        now: epoch ms.
        values: what the edge has sent last of each channel; empty while it is offline.
    """

    now: int
    values: Mapping[str, Number] = field(default_factory=dict)


def energy(question: Question, series: SeriesOf, present: Present, meters: int) -> Row | None:
    """The last value of each channel minus the last one before the question begins, if there is one."""
    if not _is_answered(question, meters):
        return None
    days = _days(question, series)
    before = {channel: _last(one, 0, question.span.begin) for channel, one in days.items()}
    if _is_today_or_later(question, present):
        current = _current(question, present)
        return current and {channel: _less(value, before[channel] or 0) for channel, value in current.items()}
    begin = epoch_ms(plus_days(question.begin, -1))
    found = {channel: _last(one, begin, question.span.end) for channel, one in days.items()}
    return {channel: _less(value, before[channel]) for channel, value in found.items()}


def energy_per_period(
    question: Question, series: SeriesOf, resolution: Resolution, present: Present, meters: int
) -> Table | None:
    """The last value of each day, month or year minus the one before it; None where the counter fell."""
    if not _is_answered(question, meters):
        return None
    rows = _raw_rows(question, _days(question, series), resolution)
    if _is_today_or_later(question, present):
        current = _current(question, present)
        if current is None:
            return None
        today = at(present.now, question.zone)
        rows[epoch_ms(begin_of_day(today.year, today.month, today.day, question.zone))] = current
    rises = _rises({time: rows[time] for time in sorted(rows)}, question)
    if resolution.unit in answer.NEXT:
        return every_period(question, rises, resolution)
    return Table(
        list(rises), {channel: [row.get(channel) for row in rises.values()] for channel in question.channels}
    )


def data(question: Question, series: SeriesOf, resolution: Resolution, meters: int) -> Table | None:
    """The mean of each period, out of means of five minutes."""
    if not _is_answered(question, meters):
        return None
    kept = _kept(question, "average", meters)
    means = {channel: _five_minutes(series.get(channel, EMPTY)) for channel in kept}
    return answer.data(question, means, resolution)


def _is_answered(question: Question, meters: int) -> bool:
    return all(channel in allowed_channels(meters) for channel in question.channels)


def _kept(question: Question, kind: str, meters: int) -> list[str]:
    allowed = allowed_channels(meters)
    return [channel for channel in question.channels if allowed.get(channel) == kind]


def _is_today_or_later(question: Question, present: Present) -> bool:
    today = at(present.now, question.zone)
    return begin_of_day(today.year, today.month, today.day, question.zone) < question.end


def _current(question: Question, present: Present) -> dict[str, Number] | None:
    found = {channel: present.values.get(channel) for channel in question.channels}
    return None if any(value is None for value in found.values()) else found


def _days(question: Question, series: SeriesOf) -> dict[str, Series]:
    """The last value of each day of the place, at the begin of that day."""
    return {channel: day_values(series.get(channel, EMPTY), question.zone) for channel in question.channels}


def day_values(one: Series, zone: tzinfo) -> Series:
    """The last value of each day of a place that has any, at the epoch time at which the day begins.

    Values are cut to whole numbers, as this provider keeps them.
    """
    if not one:
        return EMPTY
    begins = _begins(at(int(one.times[0]), zone), int(one.times[-1]), zone)
    days = np.searchsorted(begins, one.times, side="right") - 1
    last = np.flatnonzero(np.append(days[1:] != days[:-1], True))
    return Series(begins[days[last]], one.values[last].astype(np.int64))


def _begins(first: datetime, until: int, zone: tzinfo) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    start, found = begin_of_day(first.year, first.month, first.day, zone), []
    while (time := epoch_ms(start)) <= until:
        found.append(time)
        start = next_day(start, 1)
    return np.array(found, np.int64)


def _five_minutes(one: Series) -> Series:
    """Means of five minutes, as whole numbers, at the begin of each window."""
    if not one:
        return EMPTY
    windows, places = np.unique(one.times // _WINDOW_MS * _WINDOW_MS, return_inverse=True)
    means = np.bincount(places, weights=one.values) / np.bincount(places)
    return Series(windows, np.rint(means).astype(np.int64))


def _last(one: Series, begin: int, end: int) -> Number:
    inside = one.between(begin, end)
    return inside.values[-1].item() if inside else None


def _less(value: Number, before: Number) -> Number:
    return value if value is None or before is None else float(value) - float(before)


def _raw_rows(question: Question, days: Mapping[str, Series], resolution: Resolution) -> dict[int, Row]:
    """The last values of each day, month or year, and those before the first one."""
    begin, end = epoch_ms(plus_days(question.begin, -1)), question.span.end
    step = HOUR_MS if resolution.whole_days else resolution.milliseconds or HOUR_MS
    hours: dict[int, Row] = {}
    for channel, one in days.items():
        inside = one.between(begin, end)
        for time, value in zip(inside.times.tolist(), inside.values.tolist(), strict=True):
            hours.setdefault(time // step * step, dict.fromkeys(question.channels))[channel] = value
    rows = {_key(at(time, question.zone), question, resolution): hours[time] for time in sorted(hours)}
    return _with_values_before(rows, days, question) if rows else rows


def _key(when: datetime, question: Question, resolution: Resolution) -> int:
    """The begin of the period that a value counts in; its own time if it is before the question."""
    if when <= question.begin:
        return epoch_ms(when)
    first = {"MONTHS": when.replace(day=1), "YEARS": when.replace(month=1, day=1)}.get(resolution.unit, when)
    first = max(first, question.begin)
    return epoch_ms(begin_of_day(first.year, first.month, first.day, question.zone))


def _with_values_before(rows: dict[int, Row], days: Mapping[str, Series], question: Question) -> dict[int, Row]:
    """Fill in what lies before the question, where the row that precedes it has no value."""
    begin, first = question.span.begin, min(rows)
    missing = [c for c in question.channels if first >= begin or rows[first][c] is None]
    before = {channel: _last(days[channel], 0, begin) for channel in missing}
    if first < begin:
        return {**rows, first: {**rows[first], **before}}
    return {epoch_ms(plus_days(question.begin, -1)): before, **rows}


def _rises(rows: Mapping[int, Row], question: Question) -> dict[int, Row]:
    """Each value minus the last one before it; a first value stays as it is, as in OpenEMS."""
    known: dict[str, float] = {}
    found: dict[int, Row] = {}
    for time, row in rows.items():
        found[time] = {channel: _rise(known, channel, row.get(channel)) for channel in question.channels}
    return {time: row for time, row in found.items() if time >= question.span.begin}


def _rise(known: dict[str, float], channel: str, value: Number) -> Number:
    if value is None:
        return None
    before, known[channel] = known.get(channel), float(value)
    if before is None:
        return value
    return None if value < before else float(value) - before
