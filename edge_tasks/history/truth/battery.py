"""Batteries of many edges side by side, turn after turn: each follows at once what the balance asks for.

What a battery may do depends on its charge only as far as the charge is below or above a few bounds, and on the
state of what limits its discharge. Both change rarely. So a turn is a clip and a product for all edges, and only
those are looked at closely whose charge leaves its range, or whose state is due to change.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from edge_tasks.timedata.points import Whole

_FAR: Final = 1 << 61
_HYSTERESIS: Final = 300_000
"""In ms. A state lasts at least so long."""
_NORMAL, _KEPT, _FORCED = range(3)
_ALMOST: Final = 99
"""Percent: from the next one on a battery cannot be charged."""
_PART: Final = 5


@dataclass(frozen=True)
class Limit:
    """``Controller.Ess.LimitTotalDischarge``.

    Attributes:
        min_soc: percent, at which discharging ends.
        force_soc: percent, at which the battery is charged.
        force_power: W of that; 0 for a fifth of what it can.
    """

    min_soc: int
    force_soc: int
    force_power: int


@dataclass(frozen=True)
class Store:
    """What a battery can do.

    Attributes:
        full: W*ms of the full battery.
        limit: W, of giving and of taking.
        target: W at the grid that it is to reach; None if nothing asks it.
        discharge: what limits it; None if nothing does.
    """

    full: int
    limit: int
    target: int | None
    discharge: Limit | None = None

    @cached_property
    def ranges(self) -> _Ranges:
        """What it may do in each range of its charge."""
        low_soc, high_soc = self.full + 1, self.full + 1
        steps: list[int] = []
        if self.discharge is not None:
            low_soc, high_soc = (self._above(soc) for soc in (self.discharge.force_soc, self.discharge.min_soc))
            steps = sorted({low_soc, high_soc, self._above(_ALMOST)})
        bounds = sorted({*steps, self.limit, self.full - self.limit + 1})
        each = [bounds[0] - 1, *bounds]
        lows = [-self.limit if self.full - charge >= self.limit else 0 for charge in each]
        highs = [
            [max(low, self._high(charge, state)) for low, charge in zip(lows, each, strict=True)]
            for state in (_NORMAL, _KEPT, _FORCED)
        ]
        return _Ranges(
            np.array(bounds),
            np.array([-_FAR, *bounds]),
            np.array([*bounds, _FAR]),
            np.array([max((step for step in steps if step <= charge), default=-_FAR) for charge in each]),
            np.array([min((step for step in steps if step > charge), default=_FAR) for charge in each]),
            np.array(lows),
            np.array(highs),
            np.array([[_next_state(state, charge, low_soc, high_soc) for charge in each] for state in range(3)])
            if self.discharge
            else np.zeros((3, len(each)), np.int64),
        )

    def _above(self, soc: int) -> int:
        """The least W*ms whose state of charge, rounded half up, is above some percent."""
        return -(-self.full * (2 * soc + 1) // 200)

    def _high(self, charge: int, state: int) -> int:
        """W that it gives at most."""
        high = self.limit if charge >= self.limit else 0
        if state == _NORMAL or self.discharge is None:
            return high
        if state == _KEPT:
            return min(high, 0)
        can = self.limit if charge < self._above(_ALMOST) else 0
        return min(high, -(self.discharge.force_power or can // _PART))


class _Ranges(NamedTuple):
    """By the number of the range in which a charge is.

    Attributes:
        bounds: W*ms that divide them.
        least: W*ms, the first of it.
        most: W*ms, the first behind it.
        down: W*ms below which a state of charge that matters begins.
        up: W*ms from which on another one begins.
        low: W that the battery gives at least.
        high: W that it gives at most, by state.
        state: the state that is right there, by state.
    """

    bounds: Whole
    least: Whole
    most: Whole
    down: Whole
    up: Whole
    low: Whole
    high: Whole
    state: Whole


def _next_state(state: int, charge: int, low_soc: int, high_soc: int) -> int:
    if charge < low_soc:
        return _FORCED
    return _KEPT if state == _FORCED or charge < high_soc else _NORMAL


class Split(NamedTuple):
    """Edges at which a battery gives something else from a moment within a span on.

    Attributes:
        edges: their numbers.
        moments: epoch ms.
        powers: W.
        turn: the number of the turn at which the span began.
    """

    edges: NDArray[np.intp]
    moments: Whole
    powers: Whole
    turn: int


class _Here(NamedTuple):
    """Where some edges are: their numbers, W of their batteries, epoch ms, and the ms until their next turns."""

    edges: NDArray[np.intp]
    power: Whole
    moment: Whole
    left: Whole


class Batteries:
    """The batteries of some edges.

    Args:
        store: of all of them.
        edges: how many.
        initial: W*ms in each when its life begins.
        begin: epoch ms of that.
    """

    def __init__(self, store: Store, edges: int, initial: int, begin: int) -> None:
        self._store, self._ranges = store, store.ranges
        self._charges = np.full(edges, initial, np.int64)
        self._states = np.zeros(edges, np.int64)
        self._since = np.full(edges, -_FAR)
        self._due = np.full(edges, _FAR)
        self._range = np.zeros(edges, np.int64)
        self._low, self._high, self._least, self._most = (np.zeros(edges, np.int64) for _ in range(4))
        self._settle(np.arange(edges), np.full(edges, begin))

    def follow(self, asked: Whole, turns: Whole, spans: Whole) -> tuple[Whole, list[Split]]:
        """What they give.

        Args:
            asked: W that each edge lacks, by turn and edge.
            turns: epoch ms, likewise.
            spans: ms until its next turn, likewise.

        Returns:
            W that each gives from each turn on, and what changes within spans, in its order.
        """
        target, limit = self._store.target, self._store.limit
        wanted = np.zeros_like(asked) if target is None else np.clip(asked - target, -limit, limit)
        powers, ends = np.empty_like(asked), turns + spans
        splits: list[Split] = []
        first_due = int(self._due.min())
        latest = ends.max(axis=1).tolist()
        for turn, (want, span) in enumerate(zip(wanted, spans, strict=True)):
            power = powers[turn]
            np.minimum(want, self._high, out=power)
            np.maximum(power, self._low, out=power)
            after = self._charges - power * span
            leaves = (after < self._least) | (after >= self._most)
            if first_due <= latest[turn]:
                leaves |= self._due <= ends[turn]
            places = leaves.nonzero()[0]
            if len(places):
                after[places] = self._charges[places]
                self._charges = after
                here = _Here(places, power[places], turns[turn, places], span[places])
                splits += self._looked(turn, here, want)
                first_due = int(self._due.min())
            else:
                self._charges = after
        return powers, splits

    def _looked(self, turn: int, here: _Here, want: Whole) -> Iterator[Split]:
        """Go through the span of a turn with some edges; what changes within it."""
        edges, power, moment, left = here
        while True:
            held = np.minimum(left, self._until(edges, power, moment))
            self._charges[edges] -= power * held
            moment = moment + held
            left = left - held
            self._settle(edges, moment)
            more = left > 0
            if not more.any():
                return
            edges, moment, left = edges[more], moment[more], left[more]
            power = np.maximum(np.minimum(want[edges], self._high[edges]), self._low[edges])
            yield Split(edges, moment, power, turn)

    def _until(self, edges: NDArray[np.intp], power: Whole, moment: Whole) -> Whole:
        """The ms for which a power holds at most."""
        charge, place, size = self._charges[edges], self._range[edges], np.maximum(np.abs(power), 1)
        down = np.minimum(charge // size, (charge - self._ranges.down[place]) // size + 1)
        up = np.minimum((self._store.full - charge) // size, -((charge - self._ranges.up[place]) // size))
        found = np.where(power > 0, down, np.where(power < 0, up, _FAR))
        due = self._due[edges]
        return np.where(due > moment, np.minimum(found, due - moment), found)

    def _settle(self, edges: NDArray[np.intp], now: Whole) -> None:
        """Decide anew at a turn of these edges."""
        ranges = self._ranges
        place = ranges.bounds.searchsorted(self._charges[edges], "right")
        state = self._states[edges]
        right = ranges.state[state, place]
        due: Whole | int = _FAR
        if (right != state).any():
            ripe = (right != state) & (now >= self._since[edges] + _HYSTERESIS)
            state = np.where(ripe, right, state)
            self._states[edges] = state
            self._since[edges] = np.where(ripe, now, self._since[edges])
            waits = ranges.state[state, place] != state
            due = np.where(waits, self._since[edges] + _HYSTERESIS, _FAR)
        self._due[edges], self._range[edges] = due, place
        self._low[edges], self._high[edges] = ranges.low[place], ranges.high[state, place]
        self._least[edges], self._most[edges] = ranges.least[place], ranges.most[place]
