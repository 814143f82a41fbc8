"""A year of energies: days as the backend answers them, added up over edges and to months. No I/O.

A day without an answer is None, never 0.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from edge_tasks.page.bars import bars
from edge_tasks.plan import counted, some

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "consumption": ("Consumption", "_sum/ConsumptionActiveEnergy"),
    "production": ("Production", "_sum/ProductionActiveEnergy"),
    "buy": ("Bought from the grid", "_sum/GridBuyActiveEnergy"),
    "sell": ("Sold to the grid", "_sum/GridSellActiveEnergy"),
    "charge": ("Battery charged", "_sum/EssActiveChargeEnergy"),
    "discharge": ("Battery discharged", "_sum/EssActiveDischargeEnergy"),
}
"""What is shown of an edge: its name for people, and the channel of its counter in Wh."""
_SILENT: Final = "The backend answers nothing about this time."
_NOT_COUNTED: Final = (
    "The backend answers about other energies of this time: none of these edges counts this one."
)
_LACKING: Final[Mapping[str, str]] = {
    "production": " Without producers there is no production.",
    "buy": " Without a grid meter nothing is bought.",
    "sell": " Without a grid meter nothing is sold.",
    "charge": " Without a battery nothing is charged.",
    "discharge": " Without a battery nothing is discharged.",
}
_MONTHS: Final = 12
_UNIT: Final = "Wh"
_T = TypeVar("_T")


class Month(NamedTuple):
    """A month, or as much of it as is over."""

    first: date
    last: date

    @property
    def name(self) -> str:
        """For example ``2025-12``."""
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class Year:
    """Twelve months; the last one is not over.

    Attributes:
        today: the last day.
        zones: whose days these are. With several of them, each edge has its own.
    """

    today: date
    zones: tuple[str, ...]

    @classmethod
    def until_now(cls, zones: Iterable[str]) -> Year:
        """The one whose last day is today; where it is tomorrow already, that is the last day."""
        each = tuple(dict.fromkeys(zones))
        return cls(max(datetime.now(ZoneInfo(zone)).date() for zone in each), each)

    @property
    def months(self) -> tuple[Month, ...]:
        """All twelve, the oldest first."""
        number = self.today.year * 12 + self.today.month - 1
        return tuple(self._month(number + 1 - back) for back in range(_MONTHS, 0, -1))

    @property
    def first(self) -> date:
        """The first day."""
        return self.months[0].first

    @property
    def days(self) -> tuple[date, ...]:
        """All days, today too."""
        return tuple(self.first + timedelta(number) for number in range((self.today - self.first).days + 1))

    def _month(self, number: int) -> Month:
        first = date(number // 12, number % 12 + 1, 1)
        return Month(first, min(self.today, first.replace(day=monthrange(first.year, first.month)[1])))


@dataclass
class Energy:
    """One energy of some edges, day by day.

    Attributes:
        wh: sums over the edges that have an answer for the day.
        answers: how many these are.
    """

    wh: list[int | None]
    answers: list[int]

    @classmethod
    def of_nobody(cls, days: int) -> Energy:
        """Days without an answer, as many as there are."""
        return cls([None] * days, [0] * days)

    def add(self, days: Sequence[int | None]) -> None:
        """Add what was answered about one more edge."""
        for place, value in enumerate(days):
            if value is not None:
                self.wh[place] = value + (self.wh[place] or 0)
                self.answers[place] += 1


def month_sums(energy: Energy, year: Year) -> list[int | None]:
    """Wh of each month; None for one in which no day has an answer."""
    return [total(_within(energy.wh, month, year)) for month in year.months]


def charts(
    energy: Energy, year: Year, chosen: str, kind: str = "", others: Iterable[Energy] = ()
) -> dict[str, Any]:
    """The months of the year and the days of one month, drawn and in words.

    Args:
        energy: by the days of the year.
        year: which.
        chosen: the name of the month; the last one if it is none of the year.
        kind: which energy it is.
        others: the other energies of the same edges.
    """
    month = next((one for one in year.months if one.name == chosen), year.months[-1])
    days = _within(energy.wh, month, year)
    answers = _within(energy.answers, month, year)
    most = max(energy.answers, default=0)
    known = [other.wh for other in others]
    year_nothing = _nothing(kind, known)
    month_nothing = _nothing(kind, [_within(one, month, year) for one in known])
    return {
        "month": month.name,
        "months": [[one.name, f"{one.first:%B %Y}"] for one in year.months],
        "year_chart": year_chart(energy, year),
        "year_told": told(energy.wh, energy.answers, most, year.zones, year_nothing),
        "month_chart": bars(days, [str(number) for number in range(1, len(days) + 1)], _UNIT),
        "month_told": told(days, answers, most, year.zones, month_nothing),
    }


def _nothing(kind: str, others: Iterable[Sequence[int | None]]) -> str:
    """What is said where an energy has no answer: the backend is silent, or it knows the others."""
    if any(total(days) is not None for days in others):
        return _NOT_COUNTED + _LACKING.get(kind, "")
    return _SILENT


def year_chart(energy: Energy, year: Year) -> str:
    """The months of a year as ``<svg>``."""
    return bars(month_sums(energy, year), [f"{month.first:%b}" for month in year.months], _UNIT)


def told(
    days: Sequence[int | None],
    answers: Sequence[int],
    most: int,
    zones: Sequence[str],
    nothing: str = _SILENT,
) -> str:
    """The sum in words, and on how many days nothing or not everything was answered.

    Args:
        days: Wh.
        answers: of how many edges each day is.
        most: how many edges have an answer at all.
        zones: whose days these are.
        nothing: what is said if there is no answer.
    """
    whole = total(days)
    if whole is None:
        return nothing
    silent, partly = answers.count(0), sum(0 < count < most for count in answers)
    gaps = f" {counted(silent, 'day')} without an answer." if silent else ""
    partial = f" {counted(partly, 'day')} without some of the edges." if partly else ""
    known = f"{counted(len(days) - silent, 'day')} ({some(tuple(zones))})"
    return f"{whole / 1000:,.1f} kWh in {known}.{gaps}{partial}"


def total(days: Sequence[int | None]) -> int | None:
    """The sum of what is known; None if nothing is."""
    known = [value for value in days if value is not None]
    return sum(known) if known else None


def _within(days: Sequence[_T], month: Month, year: Year) -> Sequence[_T]:
    start = (month.first - year.first).days
    return days[start : start + (month.last - month.first).days + 1]
