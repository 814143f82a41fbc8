"""Batteries of many edges side by side: each follows at once what the balance asks for.

As long as nothing happens to a battery, its charge is a sum over turns. So each edge goes on by itself, some
turns at a time, until its charge leaves the range that it was in, or the state of what limits it is due to
change. All edges do their next such step at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from edge_tasks.history.truth.store import FAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge_tasks.history.truth.store import Store
    from edge_tasks.timedata.points import Whole

    Places = NDArray[np.intp]

_HYSTERESIS: Final = 300_000
"""In ms. The shortest time that a state lasts."""
_AHEAD: Final = 20
"""How many turns of an edge are looked at in one step. Most batteries go about as many without a change."""


class Split(NamedTuple):
    """Edges at which a battery gives something else from a moment within a span on.

    Attributes:
        edges: their numbers.
        turns: of each, the number of the turn at which the span began.
        moments: epoch ms.
        before: W until then.
        powers: W from then on.
    """

    edges: Places
    turns: Places
    moments: Whole
    before: Whole
    powers: Whole


class _Windows(NamedTuple):
    """The next turns from each on, by edge and turn. Behind the last turn nothing is wanted, and for no time.

    Attributes:
        wanted: W.
        spans: ms until the next turn.
        powers: W that are given; can be written.
    """

    wanted: Whole
    spans: Whole
    powers: Whole

    @classmethod
    def of(cls, wanted: Whole, spans: Whole, powers: Whole) -> _Windows:
        """The windows of arrays of one shape, which go on behind the last turn for a window less one."""
        return cls(
            sliding_window_view(wanted, _AHEAD, axis=1),
            sliding_window_view(spans, _AHEAD, axis=1),
            sliding_window_view(powers, _AHEAD, axis=1, writeable=True),
        )


class _Here(NamedTuple):
    """Where some edges are: their numbers, their turns, and epoch ms within these."""

    edges: Places
    turns: Places
    moments: Whole


class _Stopped(NamedTuple):
    """Batteries to which something happens in a turn: W given, W wanted, and epoch ms of the turn's end."""

    power: Whole
    wanted: Whole
    ends: Whole


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
        self._since = np.full(edges, -FAR)
        self._due = np.full(edges, FAR)
        self._rules = np.zeros((4, edges), np.int64)
        self._settle(np.arange(edges), np.full(edges, begin))

    def follow(self, asked: Whole, turns: Whole, spans: Whole) -> tuple[Whole, list[Split]]:
        """What they give.

        Args:
            asked: W that each edge lacks, by edge and turn.
            turns: epoch ms, likewise.
            spans: ms until its next turn, likewise.

        Returns:
            W that each gives from each turn on, and what changes within spans; of an edge, in its order.
        """
        count = turns.shape[1]
        padded = len(turns), count + _AHEAD - 1
        wanted, lasting, powers = (np.zeros(padded, np.int64) for _ in range(3))
        if self._store.target is not None:
            limit = self._store.limit
            np.clip(asked - self._store.target, -limit, limit, out=wanted[:, :count])
        lasting[:, :count] = spans
        windows, ends = _Windows.of(wanted, lasting, powers), turns + spans
        edges = np.arange(len(turns))
        here, splits = _Here(edges, np.zeros_like(edges), turns[:, 0].copy()), list[Split]()
        while len(here.edges):
            here, split = self._stepped(here, windows, ends)
            splits.append(split)
            is_before = here.turns < count
            if not is_before.all():
                here = _Here(*(one[is_before] for one in here))
        return powers[:, :count], splits

    def _stepped(self, here: _Here, windows: _Windows, ends: Whole) -> tuple[_Here, Split]:
        """Go on until something happens to a battery, or for some turns.

        Args:
            here: where the edges are.
            windows: of all edges.
            ends: epoch ms of their turns.

        Returns:
            Where the edges are then, and what changed within a turn.
        """
        edges, turns, moments = here
        wanted, spans = windows.wanted[edges, turns], windows.spans[edges, turns]
        left = ends[edges, turns] - moments
        is_within, spans[:, 0] = left < spans[:, 0], left
        low, high, _, _ = self._rules[:, edges, None]
        power = np.maximum(np.minimum(wanted, high), low)
        charges = self._charges[edges, None] - np.cumsum(power * spans, axis=1)
        stops = self._stops(here, charges, spans)
        rows, place = np.arange(len(edges)), stops.argmax(axis=1)
        over = np.where(is_stopped := stops[rows, place], place, _AHEAD)
        self._charges[edges] = np.where(over, charges[rows, over - 1], self._charges[edges])
        last = np.minimum(turns + over, ends.shape[1]) - 1
        reached = _Here(edges, turns + over, np.where(over, ends[edges, last], moments))
        (some,) = is_stopped.nonzero()
        at, until = (some, place[some]), ends[edges[some], reached.turns[some]]
        split = self._looked(some, reached, _Stopped(power[at], wanted[at], until))
        power[:, 0] = np.where(is_within, windows.powers[edges, turns, 0], power[:, 0])
        windows.powers[edges, turns] = power
        return reached, split

    def _stops(self, here: _Here, charges: Whole, spans: Whole) -> NDArray[np.bool_]:
        """Whether something happens to a battery in each of the next turns.

        Args:
            here: where the edges are.
            charges: W*ms after each turn.
            spans: ms of each turn.
        """
        edges, _, moments = here
        _, _, least, most = self._rules[:, edges, None]
        stops: NDArray[np.bool_] = (charges < least) | (charges >= most)
        (waiting,) = (self._due[edges] < FAR).nonzero()
        until = moments[waiting, None] + np.cumsum(spans[waiting], axis=1)
        stops[waiting] |= self._due[edges[waiting], None] <= until
        return stops

    def _looked(self, some: Places, reached: _Here, stopped: _Stopped) -> Split:
        """Go to the moment at which something happens to some batteries, and decide anew."""
        edges, turns, moments = (one[some] for one in reached)
        power, wanted, ends = stopped
        held = np.minimum(ends - moments, self._until(edges, power, moments))
        self._charges[edges] -= power * held
        moments += held
        self._settle(edges, moments)
        is_over = moments == ends
        reached.turns[some], reached.moments[some] = turns + is_over, moments
        low, high, _, _ = self._rules[:, edges]
        split = Split(edges, turns, moments, power, np.maximum(np.minimum(wanted, high), low))
        return Split(*(one[~is_over] for one in split))

    def _until(self, edges: Places, power: Whole, moment: Whole) -> Whole:
        """The ms for which a power holds at most."""
        charge, (_, _, least, most) = self._charges[edges], self._rules[:, edges]
        room = np.where(power > 0, charge - least + 1, most - charge)
        found: Whole = -(-room // np.maximum(np.abs(power), 1))
        found[power == 0] = FAR
        due = self._due[edges]
        np.minimum(found, due - moment, out=found, where=due > moment)
        return found

    def _settle(self, edges: Places, now: Whole) -> None:
        """Decide anew at a turn of these edges."""
        place = self._ranges.bounds.searchsorted(self._charges[edges], "right")
        state = self._states[edges]
        is_moved = (self._ranges.state[state, place] != state).any()
        if is_moved or (self._due[edges] < FAR).any():
            state = self._switched(edges, now, state, place)
        self._rules[:, edges] = self._ranges.rules[:, state, place]

    def _switched(self, edges: Places, now: Whole, state: Whole, place: Whole) -> Whole:
        """The states of these edges, which change now or are due to change."""
        right, since = self._ranges.state[state, place], self._since[edges]
        ripe = (right != state) & (now >= since + _HYSTERESIS)
        state, since = np.where(ripe, right, state), np.where(ripe, now, since)
        waits = self._ranges.state[state, place] != state
        self._states[edges], self._since[edges] = state, since
        self._due[edges] = np.where(waits, since + _HYSTERESIS, FAR)
        found: Whole = state
        return found
