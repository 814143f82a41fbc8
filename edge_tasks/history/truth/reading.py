"""What counters show at some moments, out of powers from turn to turn. All arrays are by edge and turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.history.truth.battery import Split
    from edge_tasks.timedata.points import Whole


class _Changes(NamedTuple):
    """The changes in W of a counter's rate within spans; sorted by edge and turn, then by moment.

    Attributes:
        edges: of each change.
        turns: the numbers of the turns at which the spans began.
        moments: epoch ms.
        ends: epoch ms of the spans.
        by: W.
    """

    edges: Whole
    turns: Whole
    moments: Whole
    ends: Whole
    by: Whole


class Later(NamedTuple):
    """What batteries change within spans; sorted like :class:`_Changes`."""

    edges: Whole
    turns: Whole
    moments: Whole
    ends: Whole
    asked: Whole
    before: Whole
    powers: Whole

    @classmethod
    def of(cls, splits: Sequence[Split], asked: Whole, ends: Whole) -> Later:
        """All splits of a stretch.

        Args:
            splits: of an edge, in their order.
            asked: W that each edge lacks.
            ends: epoch ms of the spans.
        """
        edges, turns, moments, before, powers = (np.concatenate(each) for each in zip(*splits, strict=True))
        order = np.lexsort((turns, edges))
        edges, turns = edges[order], turns[order]
        own = ends[edges, turns], asked[edges, turns]
        return cls(edges, turns, moments[order], *own, before[order], powers[order])

    def changed(self, figure: Callable[[Whole, Whole], Whole]) -> _Changes:
        """What that is for a counter, whose rate is a figure of what is asked and given."""
        by = figure(self.asked, self.powers) - figure(self.asked, self.before)
        return _Changes(self.edges, self.turns, self.moments, self.ends, by)


class Rate(NamedTuple):
    """W of a counter from each turn on, and by how much that changes within spans."""

    power: Whole
    changes: _Changes | None = None


class Reading:
    """Reads counters at the moments that are within a stretch.

    Args:
        turns: epoch ms.
        spans: ms.
        asked: epoch ms, ascending.
    """

    def __init__(self, turns: Whole, spans: Whole, asked: Whole) -> None:
        within = (turns[:, :1] <= asked) & (asked < turns[:, -1:] + spans[:, -1:])
        self._edges, self._rows = np.nonzero(within)
        self._moments = asked[self._rows]
        self._turns = np.empty_like(self._moments)
        for edge in np.unique(self._edges):
            own = self._edges == edge
            self._turns[own] = np.searchsorted(turns[edge], self._moments[own], "right") - 1
        self._since = self._moments - turns[self._edges, self._turns]
        self._spans, self._count = spans, turns.shape[1]

    def read(self, rate: Rate, before: Whole, found: Whole) -> Whole:
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
            np.add.at(added, (changes.edges, changes.turns), changes.by * (changes.ends - changes.moments))
        if not len(self._rows):
            return cast("Whole", added.sum(axis=1))
        np.cumsum(added, axis=1, out=added)
        earlier = np.where(self._turns > 0, added[self._edges, self._turns - 1], 0)
        within = rate.power[self._edges, self._turns] * self._since
        if changes:
            within += self._changed(changes)
        found[self._rows, self._edges] = before[self._edges] + earlier + within
        last: Whole = added[:, -1]
        return last

    def _changed(self, changes: _Changes) -> Whole:
        """W*ms that the changes make until each moment, within its own span."""
        keys = changes.edges * self._count + changes.turns
        asked = self._edges * self._count + self._turns
        first, behind = np.searchsorted(keys, asked), np.searchsorted(keys, asked, "right")
        found: Whole = np.zeros_like(asked)
        for place in range(int((behind - first).max())):
            (some,) = np.nonzero(first + place < behind)
            one = first[some] + place
            found[some] += changes.by[one] * np.maximum(self._moments[some] - changes.moments[one], 0)
        return found
