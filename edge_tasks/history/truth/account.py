"""What edges have used and made in each period, what a backend answers about it, and why that differs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from edge_tasks.history.truth.answered import PastPoints, answers, needed
from edge_tasks.history.truth.reckoning import Reckoning
from edge_tasks.history.truth.site import reckoned
from edge_tasks.timedata.resolution import DAY_MS
from edge_tasks.timedata.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from edge_tasks.history.truth.answered import Bill
    from edge_tasks.history.truth.periods import Period
    from edge_tasks.history.truth.site import Counted, Reckoned
    from edge_tasks.openems.configuration import Component
    from edge_tasks.timedata.points import Whole

NOTHING: Final = -(1 << 62)
"""Stands for null in an array."""
SAME: Final = ""
ENDS: Final = "first and last point"
LAST: Final = "last point of a day"
UTC_DAYS: Final = "UTC days"
NO_DAY_BEFORE: Final = "no day before"
NO_POINT: Final = "no point"
NOT_KEPT: Final = "not kept"
BEFORE: Final = "before its past"
LIVE: Final = "live"
NOT_BACKFILLED: Final = "not backfilled"
CHANGED: Final = "changed"
NOT_RECKONED: Final = "not reckoned"
WHYS: Final = (
    *(SAME, ENDS, LAST, UTC_DAYS, NO_DAY_BEFORE, NO_POINT),
    *(NOT_KEPT, BEFORE, LIVE, NOT_BACKFILLED, CHANGED, NOT_RECKONED),
)
"""Why an answer differs, each explained in docs/reference/truth.md."""
UNKNOWN: Final = frozenset({LIVE, NOT_BACKFILLED, CHANGED, NOT_RECKONED})
"""With these it is not known what the backend answers."""
_CODES: Final = {why: code for code, why in enumerate(WHYS)}


@dataclass(frozen=True)
class Batch:
    """Edges with a past of the same span, of one template and profile.

    Attributes:
        edges: their names.
        keys: of each, ``SEED/EDGE/``.
        components: of the template.
        profile: the content of its file; None for the datasources' own powers.
        points: of the past; none at all (``until`` is ``begin``) of edges that have only lived.
        end: epoch ms, from which on the live edges went on; what batteries do then is not reckoned.
        changed: of each, whether people have changed something since then; empty for none.
    """

    edges: tuple[str, ...]
    keys: tuple[str, ...]
    components: Sequence[Component]
    profile: Mapping[str, object] | None
    points: PastPoints
    end: int
    changed: tuple[bool, ...] = ()


class Entry(NamedTuple):
    """One energy of one edge in one period.

    Attributes:
        edge: e.g. ``edge3``.
        meter: e.g. ``meter4``; ``_sum`` for the whole edge.
        energy: ``consumption``, ``production``, ``buy``, ``sell``, ``charge`` or ``discharge``.
        channel: the address of the counter.
        period: its name.
        zone: whose days it has.
        wh: what was used or made; None if it is not known, or if the edge did not live.
        answered: what the backend answers; None for null.
        why: that differs: one of :data:`WHYS`.
    """

    edge: str
    meter: str
    energy: str
    channel: str
    period: str
    zone: str
    wh: int | None
    answered: int | None
    why: str


@dataclass(frozen=True)
class Account:
    """All of some edges; each array is by counter, period and edge.

    Attributes:
        edges: their names.
        counters: of each edge.
        periods: that were asked for.
        zone: whose days they have.
        wh: what was used or made, or :data:`NOTHING`.
        answered: what the backend answers, or :data:`NOTHING`.
        whys: places in :data:`WHYS`.
        is_daily: the periods are days, which are asked for in one question.
        unknown: why batteries are not reckoned; empty if they are.
    """

    edges: tuple[str, ...]
    counters: tuple[Counted, ...]
    periods: Sequence[Period]
    zone: str
    wh: Whole
    answered: Whole
    whys: NDArray[np.int8]
    is_daily: bool
    unknown: str

    def __len__(self) -> int:
        """How many entries it has."""
        return self.wh.size

    @property
    def not_kept(self) -> frozenset[str]:
        """The channels that the backend does not keep."""
        lost = (self.whys == _CODES[NOT_KEPT]).any(axis=(1, 2))
        return frozenset(one.channel for one, is_lost in zip(self.counters, lost, strict=True) if is_lost)

    def entries(self) -> Iterator[Entry]:
        """Edge by edge, counter by counter, period by period."""
        return (entry for place in range(len(self.edges)) for entry in self.entries_of(place))

    def entries_of(self, place: int) -> Iterator[Entry]:
        """Those of the edge at a place."""
        edge = self.edges[place]
        wh, answered, whys = (one[:, :, place].tolist() for one in (self.wh, self.answered, self.whys))
        for (row, counter), (column, period) in product(enumerate(self.counters), enumerate(self.periods)):
            yield Entry(
                edge,
                counter.meter,
                counter.energy,
                counter.channel,
                period.name,
                self.zone,
                _number(wh[row][column]),
                _number(answered[row][column]),
                WHYS[whys[row][column]],
            )


def account_of(batch: Batch, bill: Bill) -> Account:
    """The account of some edges."""
    site = reckoned(batch.components, batch.profile)
    bounds = [_lived(period, batch, bill.now) for period in bill.periods]
    points = needed(bill, batch.points)
    moments = sorted({batch.points.begin, *points, *(moment for bound in bounds if bound for moment in bound)})
    found = Reckoning(site.site, batch.keys, batch.points.begin).counters(moments)
    known = np.array([_is_known(batch, bill, period) for period in bill.periods], np.bool_)
    wh = _truth(site, batch, bill, moments, bounds, found)
    kept = bill.kept([one.channel for one in site.counters])
    answered = np.full(wh.shape, NOTHING, np.int64)
    rows = [place for place, one in enumerate(site.counters) if one.channel in kept]
    if points and known.any() and rows:
        values = found[[site.counters[row].place for row in rows]][:, np.searchsorted(moments, points)]
        _fill(answered, rows, values, points, bill, [site.counters[row].channel for row in rows])
    answered[:, ~known] = NOTHING
    whys = _whys(site, batch, bill, wh, answered, known)
    wh[whys == _CODES[CHANGED]] = NOTHING
    answered[whys == _CODES[NOT_RECKONED]] = NOTHING
    return Account(
        batch.edges, site.counters, bill.periods, str(bill.zone), wh, answered, whys, bill.is_daily, site.unknown
    )


def _lived(period: Period, batch: Batch, now: int) -> tuple[int, int] | None:
    """The part of a period that the edges have lived, in epoch ms; None if there is none."""
    begin, end = max(period.begin, batch.points.begin), min(period.end, now)
    return (begin, end) if begin < end else None


def _is_known(batch: Batch, bill: Bill, period: Period) -> bool:
    """Whether only points of the past have a part in the answer about a period."""
    until = batch.points.until
    if until == batch.points.begin:
        return False
    end = min(period.end + DAY_MS, bill.periods[-1].end) if bill.is_daily and bill.meters is None else period.end
    return end <= until


def _truth(  # noqa: PLR0917 - what it is made of
    site: Reckoned,
    batch: Batch,
    bill: Bill,
    moments: Sequence[int],
    bounds: Sequence[tuple[int, int] | None],
    found: Whole,
) -> Whole:
    place = {moment: number for number, moment in enumerate(moments)}
    wh = np.full((len(site.counters), len(bill.periods), len(batch.edges)), NOTHING, np.int64)
    for (row, counter), (column, bound) in product(enumerate(site.counters), enumerate(bounds)):
        if bound and not (counter.is_moved and (site.unknown or bound[1] > batch.end)):
            begin, end = (found[counter.place, place[moment]] for moment in bound)
            wh[row, column] = end - begin
    return wh


def _fill(  # noqa: PLR0917 - what it is made of
    answered: Whole,
    rows: Sequence[int],
    values: Whole,
    points: Sequence[int],
    bill: Bill,
    channels: Sequence[str],
) -> None:
    """Put what the backend answers into an array, of these rows."""
    times = np.array(points, np.int64)
    by_edge = np.ascontiguousarray(values.transpose(2, 0, 1))
    series = ({name: Series(times, one) for name, one in zip(channels, edge, strict=True)} for edge in by_edge)
    for place, found in enumerate(answers(bill, channels, list(series))):
        for row, numbers in zip(rows, found, strict=True):
            answered[row, :, place] = [NOTHING if one is None else int(one) for one in numbers]


def _whys(  # noqa: PLR0917 - what it is made of
    site: Reckoned, batch: Batch, bill: Bill, wh: Whole, answered: Whole, known: NDArray[np.bool_]
) -> NDArray[np.int8]:
    rules = np.array([_CODES[_rule(bill, period)] for period in bill.periods])[None, :, None]
    lacking = _CODES[NO_DAY_BEFORE if bill.is_daily else NO_POINT]
    found = np.where(answered == NOTHING, lacking, rules)
    kept = bill.kept([one.channel for one in site.counters])
    found[[one.channel not in kept for one in site.counters]] = _CODES[NOT_KEPT]
    found = np.where(answered == wh, _CODES[SAME], found)
    began = np.array([period.end > batch.points.begin for period in bill.periods])
    live = NOT_BACKFILLED if batch.points.until == batch.points.begin else LIVE
    found[:, ~known] = _CODES[live]
    goes_on = np.array([min(period.end, bill.now) > batch.end for period in bill.periods])
    found[:, goes_on[:, None] & np.array(batch.changed or [False] * len(batch.edges))] = _CODES[CHANGED]
    found[:, ~began] = _CODES[BEFORE]
    if site.unknown:
        found[[one.is_moved for one in site.counters]] = _CODES[NOT_RECKONED]
    return found.astype(np.int8)


def _rule(bill: Bill, period: Period) -> str:
    """Why an answer about a period differs, if it does."""
    if bill.meters is not None:
        return LAST
    if not bill.is_daily:
        return ENDS
    is_utc = period.begin % DAY_MS == 0 and period.end - period.begin == DAY_MS
    return LAST if is_utc else UTC_DAYS


def _number(value: int) -> int | None:
    return None if value == NOTHING else value
