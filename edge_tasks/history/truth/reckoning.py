"""The counters of light edges at some moments, reckoned for many edges side by side.

Energies are whole numbers of W*ms, so nothing is lost by adding. They become Wh only where a counter is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast

import numpy as np

from edge_tasks.history.truth.battery import Batteries
from edge_tasks.history.truth.curve import Curve
from edge_tasks.history.truth.levels import Levels
from edge_tasks.history.truth.turns import Beat, stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from edge_tasks.history.truth.battery import Split, Store
    from edge_tasks.openems.load_curve_terms import Kind
    from edge_tasks.timedata.points import Whole

Sum = Literal["consumption", "production", "buy", "sell", "charge", "discharge"]
SUMS: Final[tuple[Sum, ...]] = ("consumption", "production", "buy", "sell", "charge", "discharge")
"""The counters of an edge, in front of those of its meters."""
_CELLS: Final = 1_500_000
"""So many turns of all edges are reckoned at once, so a long span takes no more memory than a short one."""
WMS_PER_WH: Final = 3_600_000


@dataclass(frozen=True)
class Metered:
    """A meter of a template.

    Attributes:
        id: e.g. ``meter1``.
        kind: ``production`` or ``consumption``.
        values: W, of its datasource; at least one.
        step: ms between two of them; 0 for the first one only.
    """

    id: str
    kind: Kind
    values: tuple[int, ...]
    step: int


@dataclass(frozen=True)
class Site:
    """What edges of one template and profile have in common.

    Attributes:
        meters: all that have a datasource.
        store: the battery; None without one.
        initial: W*ms that are in it when a life begins.
        profile: the content of its file; None for the datasources' own powers.
    """

    meters: tuple[Metered, ...]
    store: Store | None
    initial: int
    profile: Mapping[str, object] | None

    def is_shaped(self, meter: Metered) -> bool:
        """Whether a meter follows the profile."""
        return self.profile is not None and meter.kind in self.profile and meter.values[0] >= 0


class Reckoning:
    """The lives of some edges.

    Args:
        site: of all of them.
        keys: of each edge, ``SEED/EDGE/``.
        begin: epoch ms, when their lives begin.
    """

    def __init__(self, site: Site, keys: Sequence[str], begin: int) -> None:
        self._site, self._edges, self._begin = site, len(keys), begin
        profile = site.profile
        levels = (
            {kind: Levels(profile, kind) for kind in ("production", "consumption") if kind in profile}
            if profile
            else {}
        )
        self._curves = {
            meter.id: [
                Curve(profile, meter.kind, meter.values[0], f"{key}{meter.id}", levels[meter.kind])
                for key in keys
            ]
            for meter in site.meters
            if profile is not None and site.is_shaped(meter)
        }

    def counters(self, moments: Sequence[int]) -> Whole:
        """What the counters show at epoch ms, ascending: Wh by counter, moment and edge.

        The counters are :data:`SUMS`, then each meter's own. At the beginning of the life all show 0.
        """
        return self.energies(moments) // WMS_PER_WH

    def energies(self, moments: Sequence[int]) -> Whole:
        """The same in W*ms."""
        asked = np.array(moments, np.int64)
        count = len(SUMS) + len(self._site.meters)
        before = np.zeros((count, self._edges), np.int64)
        found = np.zeros((count, len(asked), self._edges), np.int64)
        store = self._site.store
        batteries = Batteries(store, self._edges, self._site.initial, self._begin) if store else None
        for turns, spans in stretches(self._beats(), self._edges, self._begin, int(asked.max()), _CELLS):
            reading = _Reading(turns, spans, asked)
            for place, rate in enumerate(self._rates(turns, spans, batteries)):
                before[place] += reading.read(rate, before[place], found[place])
        return found

    def _beats(self) -> list[Beat]:
        """Those of the profile, which are one for all meters of an edge, and those of datasources."""
        shaped = [Beat(of[0].step, np.array([one.ahead for one in of])) for of in self._curves.values()]
        own = {
            meter.step for meter in self._site.meters if len(meter.values) > 1 and meter.id not in self._curves
        }
        return [*shaped[:1], *(Beat(step, np.full(self._edges, -self._begin)) for step in sorted(own - {0}))]

    def _rates(self, turns: Whole, spans: Whole, batteries: Batteries | None) -> Iterator[_Rate]:
        """The rates of all counters in their order."""
        powers = [self._powers(meter, turns) for meter in self._site.meters]
        consumption, production = (
            sum(
                (power for meter, power in zip(self._site.meters, powers, strict=True) if meter.kind == kind),
                np.zeros_like(turns),
            )
            for kind in ("consumption", "production")
        )
        asked = consumption - production
        given, splits = batteries.follow(asked, turns, spans) if batteries else (np.zeros_like(turns), [])
        yield from (_Rate(consumption), _Rate(production))
        later = _Later.of(splits, asked, turns + spans) if splits else None
        for figure in (_bought, _sold, _charged, _discharged):
            yield _Rate(figure(asked, given), later.changed(figure) if later else None)
        yield from (_Rate(power) for power in powers)

    def _powers(self, meter: Metered, turns: Whole) -> Whole:
        curves = self._curves.get(meter.id)
        if curves is None:
            values = np.array(meter.values, np.int64)
            places = (turns - self._begin) // meter.step if meter.step else np.zeros_like(turns)
            return values[places % len(values)]
        return np.stack(
            [curve.powers((own + curve.ahead) // curve.step) for curve, own in zip(curves, turns.T, strict=True)],
            axis=1,
        )


def _above_zero(power: Whole) -> Whole:
    found: Whole = np.maximum(power, 0)
    return found


def _bought(asked: Whole, given: Whole) -> Whole:
    return _above_zero(asked - given)


def _sold(asked: Whole, given: Whole) -> Whole:
    return _above_zero(given - asked)


def _charged(_asked: Whole, given: Whole) -> Whole:
    return _above_zero(-given)


def _discharged(_asked: Whole, given: Whole) -> Whole:
    return _above_zero(given)


class _Changes(NamedTuple):
    """By how many W a counter's rate changes within spans; sorted by turn and edge, then by moment.

    Attributes:
        turns: the numbers of the turns at which the spans began.
        edges: of each change.
        moments: epoch ms.
        ends: epoch ms of the spans.
        by: W.
    """

    turns: Whole
    edges: Whole
    moments: Whole
    ends: Whole
    by: Whole


class _Later(NamedTuple):
    """What batteries change within spans; sorted like :class:`_Changes`."""

    turns: Whole
    edges: Whole
    moments: Whole
    ends: Whole
    asked: Whole
    before: Whole
    powers: Whole

    @classmethod
    def of(cls, splits: Sequence[Split], asked: Whole, ends: Whole) -> _Later:
        """All splits of a stretch."""
        turns = np.repeat([one.turn for one in splits], [len(one.edges) for one in splits])
        edges = np.concatenate([one.edges for one in splits])
        order = np.lexsort((edges, turns))
        turns, edges = turns[order], edges[order]
        moments, before, powers = (
            np.concatenate([getattr(one, name) for one in splits])[order]
            for name in ("moments", "before", "powers")
        )
        return cls(turns, edges, moments, ends[turns, edges], asked[turns, edges], before, powers)

    def changed(self, figure: Callable[[Whole, Whole], Whole]) -> _Changes:
        """What that is for a counter, whose rate is a figure of what is asked and given."""
        by = figure(self.asked, self.powers) - figure(self.asked, self.before)
        return _Changes(self.turns, self.edges, self.moments, self.ends, by)


class _Rate(NamedTuple):
    """W of a counter from each turn on, by turn and edge, and by how much that changes within spans."""

    power: Whole
    changes: _Changes | None = None


class _Reading:
    """Reads counters at the moments that are within a stretch.

    Args:
        turns: epoch ms by turn and edge.
        spans: ms, likewise.
        asked: epoch ms.
    """

    def __init__(self, turns: Whole, spans: Whole, asked: Whole) -> None:
        within = (turns[0] <= asked[:, None]) & (asked[:, None] < turns[-1] + spans[-1])
        self._rows, self._edges = np.nonzero(within)
        self._moments = asked[self._rows]
        self._turns = np.empty_like(self._moments)
        for edge in np.unique(self._edges):
            own = self._edges == edge
            self._turns[own] = np.searchsorted(turns[:, edge], self._moments[own], "right") - 1
        self._since = self._moments - turns[self._turns, self._edges]
        self._spans, self._count = spans, turns.shape[1]

    def read(self, rate: _Rate, before: Whole, found: Whole) -> Whole:
        """Put into ``found`` what a counter shows, in W*ms.

        Args:
            rate: of it.
            before: what it showed at each edge when the stretch began.
            found: by moment and edge.

        Returns:
            What each edge adds to it in the whole stretch.
        """
        added = rate.power * self._spans
        if changes := rate.changes:
            np.add.at(added, (changes.turns, changes.edges), changes.by * (changes.ends - changes.moments))
        if not len(self._rows):
            return cast("Whole", added.sum(axis=0))
        np.cumsum(added, axis=0, out=added)
        earlier = np.where(self._turns > 0, added[self._turns - 1, self._edges], 0)
        within = rate.power[self._turns, self._edges] * self._since
        if changes:
            within += self._changed(changes)
        found[self._rows, self._edges] = before[self._edges] + earlier + within
        last: Whole = added[-1]
        return last

    def _changed(self, changes: _Changes) -> Whole:
        """W*ms that the changes make until each moment, within its own span."""
        keys = changes.turns * self._count + changes.edges
        asked = self._turns * self._count + self._edges
        first, behind = np.searchsorted(keys, asked), np.searchsorted(keys, asked, "right")
        found: Whole = np.zeros_like(asked)
        for place in range(int((behind - first).max())):
            (some,) = np.nonzero(first + place < behind)
            one = first[some] + place
            found[some] += changes.by[one] * np.maximum(self._moments[some] - changes.moments[one], 0)
        return found
