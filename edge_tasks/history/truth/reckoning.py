"""The counters of light edges at some moments, reckoned for many edges side by side.

Energies are whole numbers of W*ms, so nothing is lost by adding. They become Wh only where a counter is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from edge_tasks.history.truth.battery import Batteries, Split
from edge_tasks.history.truth.curve import Curve
from edge_tasks.history.truth.levels import Levels
from edge_tasks.history.truth.turns import Beat, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.history.truth.battery import Store
    from edge_tasks.openems.load_curve_terms import Kind
    from edge_tasks.timedata.points import Whole

Sum = Literal["consumption", "production", "buy", "sell", "charge", "discharge"]
SUMS: Final[tuple[Sum, ...]] = ("consumption", "production", "buy", "sell", "charge", "discharge")
"""The counters of an edge, in front of those of its meters."""
_CELLS: Final = 500_000
"""So many turns of all edges are reckoned at once, so a long span takes no more memory than a short one."""
_WMS_PER_WH: Final = 3_600_000


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
        asked = np.array(moments, np.int64)
        count = len(SUMS) + len(self._site.meters)
        before = np.zeros((count, self._edges), np.int64)
        found = np.zeros((count, len(asked), self._edges), np.int64)
        store = self._site.store
        batteries = Batteries(store, self._edges, self._site.initial, self._begin) if store else None
        for turns, spans in stretches(self._beats(), self._edges, self._begin, int(asked.max()), _CELLS):
            moments_of, rates = self._rates(turns, spans, batteries)
            reading = _Reading(moments_of, turns[-1] + spans[-1], asked)
            for place, rate in enumerate(rates):
                before[place] += reading.read(rate, before[place], found[place])
        return found // _WMS_PER_WH

    def _beats(self) -> list[Beat]:
        """Those of the profile, which are one for all meters of an edge, and those of datasources."""
        shaped = [Beat(of[0].step, np.array([one.ahead for one in of])) for of in self._curves.values()]
        own = {
            meter.step for meter in self._site.meters if len(meter.values) > 1 and meter.id not in self._curves
        }
        return [*shaped[:1], *(Beat(step, np.full(self._edges, -self._begin)) for step in sorted(own - {0}))]

    def _rates(self, turns: Whole, spans: Whole, batteries: Batteries | None) -> tuple[Whole, Iterator[Whole]]:
        """All turns, those of batteries included, and from each on W of all counters in their order."""
        powers = [self._powers(meter, turns) for meter in self._site.meters]
        consumption, production = (
            sum(
                (power for meter, power in zip(self._site.meters, powers, strict=True) if meter.kind == kind),
                np.zeros_like(turns),
            )
            for kind in ("consumption", "production")
        )
        given, splits = np.zeros_like(turns), list[Split]()
        if batteries:
            given, splits = batteries.follow(consumption - production, turns, spans)
        found = _divided(turns, spans, given, splits)
        own = (consumption, production, *powers)
        consumption, production, *powers = (
            (np.take_along_axis(one, found.of, 0) for one in own) if splits else own
        )
        return found.turns, _each(powers, consumption, production, found.given)

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


class _Divided(NamedTuple):
    """Turns, those of batteries included, by edge.

    Attributes:
        turns: epoch ms.
        of: the number of the turn of a source that each follows from.
        given: W of the battery from each on.
    """

    turns: Whole
    of: Whole
    given: Whole


def _divided(turns: Whole, spans: Whole, given: Whole, splits: Sequence[Split]) -> _Divided:
    if not splits:
        return _Divided(turns, np.empty_like(turns), given)
    count, edges = turns.shape
    each = np.concatenate([one.edges for one in splits])
    order = np.argsort(each, kind="stable")
    owners = each[order]
    rows = np.arange(len(owners)) - np.searchsorted(owners, owners)
    here = rows, owners
    more = 1 + int(rows.max())
    moments = np.broadcast_to(turns[-1] + spans[-1], (more, edges)).copy()
    of, powers = np.full((more, edges), count - 1), np.zeros((more, edges), np.int64)
    moments[here] = np.concatenate([one.moments for one in splits])[order]
    of[here] = np.repeat([one.turn for one in splits], [len(one.edges) for one in splits])[order]
    powers[here] = np.concatenate([one.powers for one in splits])[order]
    all_of = np.concatenate([np.broadcast_to(np.arange(count)[:, None], turns.shape), of])
    all_turns = np.concatenate([turns, moments])
    sorted_by_time = np.argsort(all_turns, axis=0, kind="stable")
    return _Divided(
        *(
            np.take_along_axis(one, sorted_by_time, 0)
            for one in (all_turns, all_of, np.concatenate([given, powers]))
        )
    )


def _each(powers: Sequence[Whole], consumption: Whole, production: Whole, given: Whole) -> Iterator[Whole]:
    """W of all counters in their order."""
    grid = consumption - production - given
    yield from (consumption, production, np.maximum(grid, 0), np.maximum(-grid, 0))
    yield from (np.maximum(-given, 0), np.maximum(given, 0))
    yield from powers


class _Reading:
    """Reads counters at the moments that are within a stretch.

    Args:
        turns: epoch ms by turn and edge.
        ends: epoch ms of each edge's last span.
        asked: epoch ms.
    """

    def __init__(self, turns: Whole, ends: Whole, asked: Whole) -> None:
        within = (turns[0] <= asked[:, None]) & (asked[:, None] < ends)
        self._rows, self._edges = np.nonzero(within)
        moments = asked[self._rows]
        self._turns = np.empty_like(moments)
        for edge in np.unique(self._edges):
            own = self._edges == edge
            self._turns[own] = np.searchsorted(turns[:, edge], moments[own], "right") - 1
        self._since = moments - turns[self._turns, self._edges]
        self._spans = np.diff(turns, axis=0, append=ends[None])

    def read(self, rate: Whole, before: Whole, found: Whole) -> Whole:
        """Put into ``found`` what a counter shows, in W*ms.

        Args:
            rate: W by turn and edge.
            before: what it showed at each edge when the stretch began.
            found: by moment and edge.

        Returns:
            What each edge adds to it in the whole stretch.
        """
        added = rate * self._spans
        np.cumsum(added, axis=0, out=added)
        if len(self._rows):
            earlier = np.where(self._turns > 0, added[self._turns - 1, self._edges], 0)
            within = rate[self._turns, self._edges] * self._since
            found[self._rows, self._edges] = before[self._edges] + earlier + within
        last: Whole = added[-1]
        return last
