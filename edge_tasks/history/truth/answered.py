"""What a backend answers about the periods of a bill, out of the points that a past has. Pure.

A billing engine asks for the energy of each month, year or of all days (``queryHistoricTimeseriesEnergy``), and
for days with one question for all of them (``queryHistoricTimeseriesEnergyPerPeriod``, ``Days``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from edge_tasks.history.truth.periods import DAY, midnights
from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata import aggregated, answer
from edge_tasks.timedata.aggregated import Present
from edge_tasks.timedata.allowed_channels import allowed_channels
from edge_tasks.timedata.question import Question
from edge_tasks.timedata.resolution import Resolution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date, tzinfo

    from edge_tasks.history.truth.periods import Period
    from edge_tasks.timedata.series import Number, SeriesOf

_DAYS: Final = Resolution(1, "DAYS")


@dataclass(frozen=True)
class Bill:
    """What is asked for.

    Attributes:
        periods: one after the other, all of the same length.
        length: of them.
        zone: whose days these are.
        meters: how many meters the backend's ``Timedata.AggregatedInfluxDB`` keeps; None with
            ``Timedata.InfluxDB``.
        now: epoch ms, when it is asked.
    """

    periods: Sequence[Period]
    length: str
    zone: tzinfo
    meters: int | None
    now: int

    @property
    def is_daily(self) -> bool:
        """Its periods are days, which are asked for in one question."""
        return self.length == DAY

    @property
    def spans(self) -> list[tuple[date, date]]:
        """The first and the last day of each question."""
        if self.is_daily and self.periods:
            return [(self.periods[0].first, self.periods[-1].last)]
        return [(one.first, one.last) for one in self.periods]

    def kept(self, channels: Collection[str]) -> list[str]:
        """Which of some channels the backend keeps; a question with another one has no result at all."""
        if self.meters is None:
            return list(channels)
        allowed = allowed_channels(self.meters)
        return [channel for channel in channels if allowed.get(channel) == "counter"]


class PointTimes(Protocol):
    """The times of the points that a past has."""

    def before(self, moment: int) -> Iterator[int]:
        """The last one before epoch ms, if there is any."""

    def after(self, moment: int) -> Iterator[int]:
        """The first one after epoch ms, if there is any."""


@dataclass(frozen=True)
class PastPoints:
    """The moments at which a past has points.

    Attributes:
        begin: epoch ms of the first one.
        until: epoch ms, before which it has points.
        every: ms between two.
    """

    begin: int
    until: int
    every: int

    def before(self, moment: int) -> Iterator[int]:
        """The last one before epoch ms, if there is any."""
        last = min(moment, self.until) - 1
        if last >= self.begin:
            yield last - (last - self.begin) % self.every

    def after(self, moment: int) -> Iterator[int]:
        """The first one after epoch ms, if there is any."""
        found = max(self.begin, moment + self.every - (moment - self.begin) % self.every)
        if found < self.until:
            yield found


def needed(bill: Bill, points: PointTimes) -> list[int]:
    """The moments of the points that the answers follow from, ascending: of a year only a few."""
    return sorted({found for moments in _needed(bill, points) for found in moments})


def _needed(bill: Bill, points: PointTimes) -> Iterator[Iterator[int]]:
    one = timedelta(days=1)
    for first, last in bill.spans:
        span = Question.of_days(first, last, bill.zone, ()).span
        begin, end = span.begin, span.end  # the end is no midnight if clocks skipped that of the last day
        yield from (points.after(begin), points.before(begin), points.before(end))
        if bill.is_daily and bill.meters is None:
            yield from map(points.before, range(begin // DAY_MS * DAY_MS - DAY_MS, end, DAY_MS))
        elif bill.meters is not None:  # it keeps whole days, and one that begins before the end counts as a whole
            since = first - one if bill.is_daily else last + one
            yield from map(points.before, midnights(since, last + one + one, bill.zone))


def answers(
    bill: Bill, channels: Sequence[str], series: Sequence[SeriesOf]
) -> Iterator[Sequence[Sequence[Number]]]:
    """What the backend answers, for each edge: by channel and period.

    Args:
        bill: what is asked for.
        channels: that the backend keeps.
        series: of each edge, with the points that are :func:`needed`.
    """
    questions = [Question.of_days(first, last, bill.zone, channels) for first, last in bill.spans]
    nothing = [None] * len(bill.periods)
    for each in series:
        found = [_answer(bill, question, each) for question in questions]
        if bill.is_daily:
            yield [found[0].get(channel, nothing) if found else nothing for channel in channels]
        else:
            yield [[row[channel][0] if channel in row else None for row in found] for channel in channels]


def _answer(bill: Bill, question: Question, series: SeriesOf) -> Mapping[str, Sequence[Number]]:
    """The values of the periods of a question, by channel; empty if there is no result."""
    if not bill.is_daily:
        row = (
            answer.energy(question, series)
            if bill.meters is None
            else aggregated.energy(question, series, Present(bill.now), bill.meters)
        )
        return {channel: [value] for channel, value in (row or {}).items()}
    table = (
        answer.energy_per_period(question, series, _DAYS)
        if bill.meters is None
        else aggregated.energy_per_period(question, series, _DAYS, Present(bill.now), bill.meters)
    )
    if table is None:
        return {}
    rows = dict(zip(table.times, range(len(table.times)), strict=True))
    places = [rows.get(period.begin) for period in bill.periods]
    return {
        channel: [None if place is None else values[place] for place in places]
        for channel, values in table.columns.items()
    }
