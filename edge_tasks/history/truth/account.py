"""What edges have used and made in each period, what a backend answers about it, and why that differs. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from edge_tasks.history.truth.answered import PastPoints, answers, needed
from edge_tasks.history.truth.lived import Lives
from edge_tasks.history.truth.reckoning import WMS_PER_WH
from edge_tasks.timedata.resolution import DAY_MS
from edge_tasks.timedata.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from edge_tasks.history.truth.answered import Bill
    from edge_tasks.history.truth.lived import Lived
    from edge_tasks.history.truth.periods import Period
    from edge_tasks.history.truth.site import Counted
    from edge_tasks.light.wire import journal
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
        changed: of each, epoch ms since when its journal lacks something; far in the future if it lacks nothing.
        journals: what people have done to each edge since its past ended.
    """

    edges: tuple[str, ...]
    keys: tuple[str, ...]
    components: Sequence[Component]
    profile: Mapping[str, object] | None
    points: PastPoints
    end: int
    changed: tuple[int, ...]
    journals: tuple[tuple[journal.Entry, ...], ...]

    def only(self, places: Sequence[int]) -> Batch:
        """The batch with some of its edges."""
        return replace(
            self,
            edges=tuple(self.edges[place] for place in places),
            keys=tuple(self.keys[place] for place in places),
            changed=tuple(self.changed[place] for place in places),
            journals=tuple(self.journals[place] for place in places),
        )


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


def accounts_of(batch: Batch, bill: Bill) -> list[Account]:
    """The account of the edges that nobody has changed, then one of each other edge."""
    points, bounds = needed(bill, batch.points), (_lived(period, batch, bill.now) for period in bill.periods)
    moments = sorted({batch.points.begin, *points, *(moment for bound in bounds if bound for moment in bound)})
    lives = Lives(batch.components, batch.profile, batch.keys, batch.points.begin)
    each = lives.lived(moments, batch.journals)
    return [_Accounting(batch.only(one.places), bill, one, moments).account() for one in each]


class _Accounting:
    def __init__(self, batch: Batch, bill: Bill, site: Lived, moments: Sequence[int]) -> None:
        self._batch, self._bill, self._site = batch, bill, site
        channels = [one.channel for one in site.counters]
        self._kept = bill.kept(channels)
        self._rows = [place for place, channel in enumerate(channels) if channel in self._kept]
        self._bounds = [_lived(period, batch, bill.now) for period in bill.periods]
        self._known = np.array([_is_known(batch, bill, period) for period in bill.periods], np.bool_)
        self._points = needed(bill, batch.points)
        self._moments = moments
        self._found = site.energies // WMS_PER_WH
        self._shape = len(channels), len(bill.periods), len(batch.edges)

    def account(self) -> Account:
        """All of it."""
        site, wh, answered = self._site, self._truth(), self._answered()
        whys = self._whys(wh, answered)
        wh[whys == _CODES[CHANGED]] = NOTHING
        answered[:, ~self._known] = NOTHING
        answered[whys == _CODES[NOT_RECKONED]] = NOTHING
        bill = self._bill
        return Account(
            self._batch.edges,
            site.counters,
            bill.periods,
            str(bill.zone),
            wh,
            answered,
            whys,
            bill.is_daily,
            site.unknown,
        )

    def _truth(self) -> Whole:
        place = {moment: number for number, moment in enumerate(self._moments)}
        wh = np.full(self._shape, NOTHING, np.int64)
        for (row, counter), (column, bound) in product(enumerate(self._site.counters), enumerate(self._bounds)):
            if bound and not (counter.is_moved and (self._site.unknown or bound[1] > self._batch.end)):
                begin, end = (self._found[counter.place, place[moment]] for moment in bound)
                wh[row, column] = end - begin
        return wh

    def _answered(self) -> Whole:
        answered = np.full(self._shape, NOTHING, np.int64)
        if not (self._points and self._known.any() and self._rows):
            return answered
        counters = [self._site.counters[row] for row in self._rows]
        values = self._found[[one.place for one in counters]][:, np.searchsorted(self._moments, self._points)]
        times, names = np.array(self._points, np.int64), [one.channel for one in counters]
        by_edge = np.ascontiguousarray(values.transpose(2, 0, 1))
        series = [{name: Series(times, one) for name, one in zip(names, edge, strict=True)} for edge in by_edge]
        for place, found in enumerate(answers(self._bill, names, series)):
            for row, numbers in zip(self._rows, found, strict=True):
                answered[row, :, place] = [NOTHING if one is None else int(one) for one in numbers]
        return answered

    def _whys(self, wh: Whole, answered: Whole) -> NDArray[np.int8]:
        batch, bill, site = self._batch, self._bill, self._site
        rules = np.array([_CODES[_rule(bill, period)] for period in bill.periods])[None, :, None]
        lacking = _CODES[NO_DAY_BEFORE if bill.is_daily else NO_POINT]
        found = np.where(answered == NOTHING, lacking, rules)
        found[[one.channel not in self._kept for one in site.counters]] = _CODES[NOT_KEPT]
        found = np.where(answered == wh, _CODES[SAME], found)
        has_points = batch.points.until > batch.points.begin
        found[:, ~self._known] = _CODES[LIVE if has_points else NOT_BACKFILLED]
        ends = np.array([min(period.end, bill.now) for period in bill.periods])
        found[:, ends[:, None] > np.array(batch.changed)] = _CODES[CHANGED]
        found[:, np.array([period.end <= batch.points.begin for period in bill.periods])] = _CODES[BEFORE]
        if site.unknown:
            found[[one.is_moved for one in site.counters]] = _CODES[NOT_RECKONED]
        return found.astype(np.int8)


def _lived(period: Period, batch: Batch, now: int) -> tuple[int, int] | None:
    """The part of a period that the edges have lived, in epoch ms; None if there is none."""
    begin, end = max(period.begin, batch.points.begin), min(period.end, now)
    return (begin, end) if begin < end else None


def _is_known(batch: Batch, bill: Bill, period: Period) -> bool:
    """Whether only points of the past have a part in the answer about a period."""
    until = batch.points.until
    if until == batch.points.begin:
        return False
    by_utc = bill.is_daily and bill.meters is None  # then the days of UTC end later than those of the place
    return (min(period.end + DAY_MS, bill.periods[-1].end) if by_utc else period.end) <= until


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
