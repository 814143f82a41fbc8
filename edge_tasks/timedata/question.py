"""What is asked about an edge's history. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.timedata.local_time import begin_of_day, epoch_ms, plus_days, zone_of
from edge_tasks.timedata.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, tzinfo


@dataclass(frozen=True)
class Question:
    """Some channels over some days of a place.

    Attributes:
        begin: when the first day begins, in the place's own zone.
        end: when the day after the last one begins.
        channels: addresses in the order of an answer: sorted, each once.
    """

    begin: datetime
    end: datetime
    channels: tuple[str, ...]

    @classmethod
    def of_days(cls, first: date, last: date, zone: tzinfo, channels: Iterable[str]) -> Question:
        """The question about all days from the first to the last one, both included."""
        begin = begin_of_day(first.year, first.month, first.day, zone)
        end = plus_days(begin_of_day(last.year, last.month, last.day, zone), 1)
        return cls(begin, end, tuple(sorted(set(channels))))

    @property
    def zone(self) -> tzinfo:
        """The zone of the place."""
        return zone_of(self.begin)

    @property
    def span(self) -> Span:
        """The same stretch in epoch ms."""
        return Span(epoch_ms(self.begin), epoch_ms(self.end))
