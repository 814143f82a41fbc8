"""What edges have used and made in each period, what a backend answers about it, and why that differs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from edge_tasks.history import dates
from edge_tasks.history.truth import reasons
from edge_tasks.history.truth.answered import answers
from edge_tasks.history.truth.lived import AlikeEdges
from edge_tasks.history.truth.moments import moments_of
from edge_tasks.history.truth.past_with_incidents import PastWithIncidents
from edge_tasks.history.truth.reasons import WHYS
from edge_tasks.history.truth.reckoning import WMS_PER_WH
from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.truth.answered import Bill
    from edge_tasks.history.truth.batch import Batch
    from edge_tasks.history.truth.lived import Lived
    from edge_tasks.history.truth.moments import Moments
    from edge_tasks.history.truth.periods import Period
    from edge_tasks.history.truth.site import Counted
    from edge_tasks.timedata.points import Whole

NOTHING: Final = -(1 << 62)
"""Stands for null in an array."""
_CODES: Final = {why: code for code, why in enumerate(WHYS)}


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
        why: that differs: one of :data:`.WHYS`, or the words for incidents.
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
        whys: places in :data:`.WHYS`.
        is_daily: the periods are days, which are asked for in one question.
        unknown: why batteries are not reckoned; empty if they are.
        incidents: what went wrong.
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
    incidents: tuple[Incident, ...] = ()

    def __len__(self) -> int:
        """How many entries it has."""
        return self.wh.size

    @property
    def not_kept(self) -> frozenset[str]:
        """The channels that the backend does not keep."""
        lost = (self.whys == _CODES[reasons.NOT_KEPT]).any(axis=(1, 2))
        return frozenset(one.channel for one, is_lost in zip(self.counters, lost, strict=True) if is_lost)

    def entries_of(self, place: int) -> Iterator[Entry]:
        """The entries of the edge at a place, counter by counter, period by period."""
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
                self._why(whys[row][column], counter, period),
            )

    def _why(self, code: int, counter: Counted, period: Period) -> str:
        if WHYS[code] != reasons.INCIDENT:
            return WHYS[code]
        return reasons.words_of(self.incidents, counter.channel, period, dates.zone_named(self.zone))


def accounts_of(batch: Batch, bill: Bill) -> list[Account]:
    """The account of the edges that nobody has changed, then one of each other edge."""
    past = PastWithIncidents(batch.points, batch.end, batch.incidents)
    moments = moments_of(batch, bill, past)
    alike = AlikeEdges(batch.components, batch.profile, batch.keys, batch.points.begin)
    each = alike.lived(moments.every, batch.journals)
    return [_Accounting(batch.only(one.places), bill, one, moments, past).account() for one in each]


class _Accounting:
    def __init__(self, batch: Batch, bill: Bill, site: Lived, moments: Moments, past: PastWithIncidents) -> None:
        self._batch, self._bill, self._site = batch, bill, site
        channels = [one.channel for one in site.counters]
        self._kept = bill.kept(channels)
        self._rows = [place for place, channel in enumerate(channels) if channel in self._kept]
        self._known = np.array([_is_known(batch, bill, period) for period in bill.periods], np.bool_)
        self._past = past
        self._moments = moments
        self._used = past.used(site.energies, moments.every)
        self._shape = len(channels), len(bill.periods), len(batch.edges)

    def account(self) -> Account:
        """All of it."""
        site, wh, answered = self._site, self._truth(), self._answered()
        whys = self._whys(wh, answered)
        if self._batch.incidents:
            answered, whys = self._with_incidents(wh, answered, whys)
        wh[whys == _CODES[reasons.CHANGED]] = NOTHING
        answered[:, ~self._known] = NOTHING
        answered[whys == _CODES[reasons.NOT_RECKONED]] = NOTHING
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
            self._batch.incidents,
        )

    def _truth(self) -> Whole:
        place = {moment: number for number, moment in enumerate(self._moments.every)}
        wh = np.full(self._shape, NOTHING, np.int64)
        for (row, counter), (column, bound) in product(
            enumerate(self._site.counters), enumerate(self._moments.bounds)
        ):
            if bound and not (counter.is_moved and (self._site.unknown or bound[1] > self._batch.end)):
                begin, end = (self._used[counter.place, place[moment]] // WMS_PER_WH for moment in bound)
                wh[row, column] = end - begin
        return wh

    def _answered(self) -> Whole:
        """What the backend would answer if nothing had gone wrong."""
        places = [self._site.counters[row].place for row in self._rows]
        moments = self._moments
        used = self._used[places][:, np.searchsorted(moments.every, moments.points)]
        return self._answers(moments.points, used // WMS_PER_WH)

    def _with_incidents(
        self, wh: Whole, otherwise: Whole, whys: NDArray[np.int8]
    ) -> tuple[Whole, NDArray[np.int8]]:
        """What the backend answers although something went wrong, and why that differs."""
        counters, moments = (self._site.counters[row] for row in self._rows), self._moments
        shown = [
            self._past.shown(one.channel, self._used[one.place], moments.every, moments.measured)
            for one in counters
        ]
        answered = self._answers(moments.stored, np.array(shown))
        is_known = np.isin(whys, [_CODES[why] for why in reasons.WHYS if why not in reasons.UNKNOWN])
        changed = is_known & (answered != otherwise)
        found = np.where(changed, np.where(answered == wh, _CODES[reasons.SAME], _CODES[reasons.INCIDENT]), whys)
        return answered, found.astype(np.int8)

    def _answers(self, points: Sequence[int], values: Whole) -> Whole:
        """What the backend answers, by the values of the counters that it keeps: by counter, point and edge."""
        answered = np.full(self._shape, NOTHING, np.int64)
        if not (points and self._known.any() and self._rows):
            return answered
        times, names = np.array(points, np.int64), [self._site.counters[row].channel for row in self._rows]
        by_edge = np.ascontiguousarray(values.transpose(2, 0, 1))
        series = [{name: Series(times, one) for name, one in zip(names, edge, strict=True)} for edge in by_edge]
        for place, found in enumerate(answers(self._bill, names, series)):
            for row, numbers in zip(self._rows, found, strict=True):
                answered[row, :, place] = [NOTHING if one is None else int(one) for one in numbers]
        return answered

    def _whys(self, wh: Whole, answered: Whole) -> NDArray[np.int8]:
        batch, bill, site = self._batch, self._bill, self._site
        rules = np.array([_CODES[_rule(bill, period)] for period in bill.periods])[None, :, None]
        lacking = _CODES[reasons.NO_DAY_BEFORE if bill.is_daily else reasons.NO_POINT]
        found = np.where(answered == NOTHING, lacking, rules)
        found[[one.channel not in self._kept for one in site.counters]] = _CODES[reasons.NOT_KEPT]
        found = np.where(answered == wh, _CODES[reasons.SAME], found)
        has_points = batch.points.until > batch.points.begin
        found[:, ~self._known] = _CODES[reasons.LIVE if has_points else reasons.NOT_BACKFILLED]
        ends = np.array([min(period.end, bill.now) for period in bill.periods])
        found[:, ends[:, None] > np.array(batch.changed)] = _CODES[reasons.CHANGED]
        found[:, np.array([period.end <= batch.points.begin for period in bill.periods])] = _CODES[reasons.BEFORE]
        if site.unknown:
            found[[one.is_moved for one in site.counters]] = _CODES[reasons.NOT_RECKONED]
        return found.astype(np.int8)


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
        return reasons.LAST
    if not bill.is_daily:
        return reasons.ENDS
    is_utc = period.begin % DAY_MS == 0 and period.end - period.begin == DAY_MS
    return reasons.LAST if is_utc else reasons.UTC_DAYS


def _number(value: int) -> int | None:
    return None if value == NOTHING else value
