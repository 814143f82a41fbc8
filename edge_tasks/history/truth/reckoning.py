"""The counters of light edges at some moments, reckoned for many edges side by side.

Energies are whole numbers of W*ms, so nothing is lost by adding. They become Wh only where a counter is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from edge_tasks.history.truth.battery import Batteries
from edge_tasks.history.truth.curve import Curve
from edge_tasks.history.truth.levels import levels_of
from edge_tasks.history.truth.reading import Later, Rate, Reading
from edge_tasks.history.truth.turns import Beat, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.history.truth.levels import Levels
    from edge_tasks.history.truth.store import Store
    from edge_tasks.openems.load_curve_terms import Kind
    from edge_tasks.timedata.points import Whole

Sum = Literal["consumption", "production", "buy", "sell", "charge", "discharge"]
SUMS: Final[tuple[Sum, ...]] = ("consumption", "production", "buy", "sell", "charge", "discharge")
"""The counters of an edge, in front of those of its meters."""
_CELLS: Final = 1_500_000
"""How many turns of all edges are reckoned at once, so that a long span takes no more memory than a short one."""
WMS_PER_WH: Final = 3_600_000


@dataclass(frozen=True)
class Metered:
    """A meter of a template.

    Attributes:
        id: e.g. ``meter1``.
        kind: ``production`` or ``consumption``.
        values: W, of its datasource; none without one, which is 0 W.
        step: ms between two of them; 0 for the first one only.
        held: W that somebody has written, in place of them; None if nobody has.
        most: W to which somebody has limited it; None if nobody has.
    """

    id: str
    kind: Kind
    values: tuple[int, ...]
    step: int
    held: int | None = None
    most: int | None = None


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
        is_described = self.profile is not None and meter.kind in self.profile
        return is_described and bool(meter.values) and meter.values[0] >= 0


class Reckoning:
    """The lives of some edges.

    Args:
        site: of all of them.
        keys: of each edge, ``SEED/EDGE/``.
        begin: epoch ms, when their lives begin.
        levels: of the profile, see :func:`.levels_of`; None to make them.
    """

    def __init__(
        self, site: Site, keys: Sequence[str], begin: int, levels: Mapping[Kind, Levels] | None = None
    ) -> None:
        self._site, self._edges, self._begin = site, len(keys), begin
        known = levels_of(site.profile) if levels is None else levels
        self._curves = {
            meter.id: [
                Curve(site.profile, meter.kind, meter.values[0], f"{key}{meter.id}", known[meter.kind])
                for key in keys
            ]
            for meter in site.meters
            if site.profile is not None and site.is_shaped(meter)
        }

    def energies(self, moments: Sequence[int], since: int | None = None) -> Whole:
        """What the counters have counted at epoch ms, ascending: W*ms by counter, moment and edge.

        The counters are :data:`SUMS`, then each meter's own. At the beginning of the life all are 0.

        Args:
            moments: none is before ``since``.
            since: epoch ms from which on is counted; None for the beginning of the life.
        """
        asked, since = np.array(moments, np.int64), self._begin if since is None else since
        count = len(SUMS) + len(self._site.meters)
        before = np.zeros((count, self._edges), np.int64)
        found = np.zeros((count, len(asked), self._edges), np.int64)
        store = self._site.store
        batteries = Batteries(store, self._edges, self._site.initial, since) if store else None
        for turns, spans in stretches(self._beats(), self._edges, since, int(asked.max()), _CELLS):
            reading = Reading(turns, spans, asked)
            for place, rate in enumerate(self._rates(turns, spans, batteries)):
                before[place] += reading.read(rate, before[place], found[place])
        return found

    def _beats(self) -> list[Beat]:
        """The beats of the profile, which all meters of an edge share, and those of datasources."""
        shaped = [Beat(of[0].step, np.array([one.ahead for one in of])) for of in self._curves.values()]
        own = {
            meter.step for meter in self._site.meters if len(meter.values) > 1 and meter.id not in self._curves
        }
        return [*shaped[:1], *(Beat(step, np.full(self._edges, -self._begin)) for step in sorted(own - {0}))]

    def _rates(self, turns: Whole, spans: Whole, batteries: Batteries | None) -> Iterator[Rate]:
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
        yield from (Rate(_above_zero(consumption)), Rate(_above_zero(production)))
        later = Later.of(splits, asked, turns + spans) if splits else None
        for figure in (_bought, _sold, _charged, _discharged):
            yield Rate(figure(asked, given), later.changed(figure) if later else None)
        yield from (Rate(_above_zero(power)) for power in powers)

    def _powers(self, meter: Metered, turns: Whole) -> Whole:
        if meter.held is not None:
            power = np.full_like(turns, meter.held)
        elif meter.id in self._curves:
            power = np.empty_like(turns)
            for row, own, curve in zip(power, turns, self._curves[meter.id], strict=True):
                row[:] = curve.powers((own + curve.ahead) // curve.step)
        else:
            values = np.array(meter.values or (0,), np.int64)
            places = (turns - self._begin) // meter.step if meter.step else np.zeros_like(turns)
            power = values[places % len(values)]
        return power if meter.most is None else np.minimum(power, meter.most)


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
