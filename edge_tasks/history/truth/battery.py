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
        low_soc, high_soc = self._full_from, self._full_from
        if self.discharge is not None:
            low_soc, high_soc = (self._above(soc) for soc in (self.discharge.force_soc, self.discharge.min_soc))
        bounds = sorted({low_soc, high_soc, self._empty_below, self._full_from})
        each = [bounds[0] - 1, *bounds]
        lows = [-self.limit if charge < self._full_from else 0 for charge in each]
        highs = [
            [max(low, self._high(charge, state)) for low, charge in zip(lows, each, strict=True)]
            for state in (_NORMAL, _KEPT, _FORCED)
        ]
        return _Ranges(
            np.array(bounds),
            np.array([[lows, high, [-_FAR, *bounds], [*bounds, _FAR]] for high in highs])
            .transpose(1, 0, 2)
            .copy(),
            np.array([[_next_state(state, charge, low_soc, high_soc) for charge in each] for state in range(3)])
            if self.discharge
            else np.zeros((3, len(each)), np.int64),
        )

    @property
    def _empty_below(self) -> int:
        """W*ms below which it cannot be discharged: 0 %."""
        return self._above(0)

    @property
    def _full_from(self) -> int:
        """W*ms from which on it cannot be charged: 100 %."""
        return self._above(99)

    def _above(self, soc: int) -> int:
        """The least W*ms whose state of charge, rounded half up, is above some percent."""
        return -(-self.full * (2 * soc + 1) // 200)

    def _high(self, charge: int, state: int) -> int:
        """W that it gives at most."""
        high = self.limit if charge >= self._empty_below else 0
        if state == _NORMAL or self.discharge is None:
            return high
        if state == _KEPT:
            return min(high, 0)
        can = self.limit if charge < self._full_from else 0
        return min(high, -(self.discharge.force_power or can // _PART))


class _Ranges(NamedTuple):
    """By the number of the range in which a charge is.

    Attributes:
        bounds: W*ms that divide them.
        rules: by state and range, W that it gives at least and at most, W*ms in which this holds, and the first
            behind them.
        state: the state that is right there, by state.
    """

    bounds: Whole
    rules: Whole
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
        before: W until then.
        powers: W from then on.
        turn: the number of the turn at which the span began.
    """

    edges: NDArray[np.intp]
    moments: Whole
    before: Whole
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
        self._first_due = _FAR
        self._range = np.zeros(edges, np.int64)
        self._rules = np.zeros((4, edges), np.int64)
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
        low, high, least, most = self._rules
        latest = ends.max(axis=1).tolist()
        for turn, (want, span, power) in enumerate(zip(wanted, spans, powers, strict=True)):
            np.minimum(want, high, out=power)
            np.maximum(power, low, out=power)
            after = self._charges - power * span
            leaves = (after < least) | (after >= most)
            if self._first_due <= latest[turn]:
                leaves |= self._due <= ends[turn]
            (places,) = leaves.nonzero()
            if len(places):
                after[places] = self._charges[places]
            self._charges = after
            if len(places):
                here = _Here(places, power[places], turns[turn, places], span[places])
                splits += self._looked(turn, here, want)
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
            (more,) = left.nonzero()
            if not len(more):
                return
            edges, moment, left, before = edges[more], moment[more], left[more], power[more]
            power = np.maximum(np.minimum(want[edges], self._rules[1, edges]), self._rules[0, edges])
            yield Split(edges, moment, before, power, turn)

    def _until(self, edges: NDArray[np.intp], power: Whole, moment: Whole) -> Whole:
        """The ms for which a power holds at most."""
        charge, (_, _, least, most) = self._charges[edges], self._rules[:, edges]
        room = np.where(power > 0, charge - least + 1, most - charge)
        found: Whole = -(-room // np.maximum(np.abs(power), 1))
        found[power == 0] = _FAR
        if self._first_due < _FAR:
            due = self._due[edges]
            np.minimum(found, due - moment, out=found, where=due > moment)
        return found

    def _settle(self, edges: NDArray[np.intp], now: Whole) -> None:
        """Decide anew at a turn of these edges."""
        place = self._ranges.bounds.searchsorted(self._charges[edges], "right")
        state = self._states[edges]
        is_moved = (self._ranges.state[state, place] != state).any()
        if is_moved or (self._first_due < _FAR and (self._due[edges] < _FAR).any()):
            state = self._switched(edges, now, state, place)
        self._range[edges] = place
        self._rules[:, edges] = self._ranges.rules[:, state, place]

    def _switched(self, edges: NDArray[np.intp], now: Whole, state: Whole, place: Whole) -> Whole:
        """The states of these edges, which change now or are due to change."""
        right, since = self._ranges.state[state, place], self._since[edges]
        ripe = (right != state) & (now >= since + _HYSTERESIS)
        state, since = np.where(ripe, right, state), np.where(ripe, now, since)
        waits = self._ranges.state[state, place] != state
        self._states[edges], self._since[edges] = state, since
        self._due[edges] = np.where(waits, since + _HYSTERESIS, _FAR)
        self._first_due = int(self._due.min())
        found: Whole = state
        return found
