"""The counters of light edges at some moments, reckoned for many edges side by side.

Energies are whole numbers of W*ms, so nothing is lost by adding. They become Wh only where a counter is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from edge_tasks.history.truth.curve import Curve
from edge_tasks.history.truth.turns import Beat, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.history.truth.battery import Store
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
    kind: str
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


class _Rate(NamedTuple):
    """W by turn and edge: until the battery is full or empty, and from then on."""

    first: Whole
    then: Whole


class Reckoning:
    """The lives of some edges.

    Args:
        site: of all of them.
        keys: of each edge, ``SEED/EDGE/``.
        begin: epoch ms, when their lives begin.
    """

    def __init__(self, site: Site, keys: Sequence[str], begin: int) -> None:
        self._site, self._edges, self._begin = site, len(keys), begin
        self._curves = {
            meter.id: [Curve(site.profile, meter.kind, meter.values[0], f"{key}{meter.id}") for key in keys]
            for meter in site.meters
            if site.profile is not None and site.is_shaped(meter)
        }

    def counters(self, moments: Sequence[int]) -> Whole:
        """What the counters show at epoch ms, ascending: Wh by counter, moment and edge.

        The counters are :data:`SUMS`, then each meter's own.
        """
        asked = np.array(moments, np.int64)
        count = len(SUMS) + len(self._site.meters)
        before = np.zeros((count, self._edges), np.int64)
        found = np.zeros((count, len(asked), self._edges), np.int64)
        charges = np.full(self._edges, self._site.initial, np.int64)
        for turns, spans in stretches(self._beats(), self._edges, self._begin, int(asked.max()), _CELLS):
            rates, held = self._rates(turns, spans, charges)
            reading = _Reading(turns, spans, held, asked)
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

    def _rates(self, turns: Whole, spans: Whole, charges: Whole) -> tuple[Iterator[_Rate], Whole]:
        powers = [self._powers(meter, turns) for meter in self._site.meters]
        shape = np.zeros_like(turns)
        consumption, production = (
            sum(
                (power for meter, power in zip(self._site.meters, powers, strict=True) if meter.kind == kind),
                shape,
            )
            for kind in ("consumption", "production")
        )
        asked = consumption - production
        store = self._site.store
        given, held = store.follow(asked, spans, charges) if store else (shape, spans)
        return _each(powers, consumption, production, _Rate(asked - given, asked), given), held

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


def _each(
    powers: Sequence[Whole], consumption: Whole, production: Whole, grid: _Rate, given: Whole
) -> Iterator[_Rate]:
    """The rates of all counters in their order."""
    nothing = np.zeros_like(given)
    yield from (_Rate(one, one) for one in (consumption, production))
    yield _Rate(np.maximum(grid.first, 0), np.maximum(grid.then, 0))
    yield _Rate(np.maximum(-grid.first, 0), np.maximum(-grid.then, 0))
    yield _Rate(np.maximum(-given, 0), nothing)
    yield _Rate(np.maximum(given, 0), nothing)
    yield from (_Rate(one, one) for one in powers)


class _Reading:
    """Reads counters at the moments that are within a stretch."""

    def __init__(self, turns: Whole, spans: Whole, held: Whole, asked: Whole) -> None:
        ends = turns[-1] + spans[-1]
        within = (turns[0] <= asked[:, None]) & (asked[:, None] < ends)
        self._rows, self._edges = np.nonzero(within)
        moments = asked[self._rows]
        self._turns = np.empty_like(moments)
        for edge in np.unique(self._edges):
            own = self._edges == edge
            self._turns[own] = np.searchsorted(turns[:, edge], moments[own], "right") - 1
        here = self._turns, self._edges
        since = moments - turns[here]
        self._first = np.minimum(since, held[here])
        self._then = since - self._first
        self._held, self._rest = held, spans - held

    def read(self, rate: _Rate, before: Whole, found: Whole) -> Whole:
        """Put into ``found`` what a counter shows, in W*ms.

        Args:
            rate: of the counter.
            before: what it showed at each edge when the stretch began.
            found: by moment and edge.

        Returns:
            What each edge adds to it in the whole stretch.
        """
        added = np.cumsum(rate.first * self._held + rate.then * self._rest, axis=0)
        if len(self._rows):
            here = self._turns, self._edges
            earlier = np.where(self._turns > 0, added[self._turns - 1, self._edges], 0)
            within = rate.first[here] * self._first + rate.then[here] * self._then
            found[self._rows, self._edges] = before[self._edges] + earlier + within
        last: Whole = added[-1]
        return last
