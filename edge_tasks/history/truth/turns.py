"""The moments at which something may change at many edges, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.timedata.points import Whole


@dataclass(frozen=True)
class Beat:
    """Moments at equal distances.

    Attributes:
        step: ms.
        ahead: for each edge, the ms that a moment lacks, or has too much, to be a multiple of the step.
    """

    step: int
    ahead: Whole

    def first(self, moment: int) -> Whole:
        """The first of them for each edge, from epoch ms on."""
        return moment + -(moment + self.ahead) % self.step

    def between(self, begin: int, end: int) -> Whole:
        """The turns from ``begin`` on, about as many as there are before ``end``; a row for each edge."""
        count = -(-(end - begin) // self.step)
        return self.first(begin)[:, None] + self.step * np.arange(count)


def stretches(
    beats: Sequence[Beat], edges: int, begin: int, end: int, cells: int
) -> Iterator[tuple[Whole, Whole]]:
    """All moments at which something may change, in stretches, and the ms until the next ones; a row an edge.

    An edge that has fewer moments than another one in a stretch has its next one several times, each but the last
    for 0 ms. So does an edge at which two things change at once.

    Args:
        beats: of what changes.
        edges: how many.
        begin: epoch ms, the first moment of all edges.
        end: epoch ms, until which something is asked.
        cells: about so many moments of all edges are in a stretch.
    """
    shortest = min((beat.step for beat in beats), default=end - begin + 1)
    length = max(1, cells // max(1, edges * len(beats))) * shortest
    first = np.full((edges, 1), begin)
    while begin <= end:
        until = min(begin + length, end + 1)
        following = np.min([beat.first(until) for beat in beats], axis=0) if beats else np.full(edges, end + 1)
        each = np.concatenate([first, *(beat.between(begin, until) for beat in beats)], axis=1)
        moments = np.where(each < until, each, following[:, None]) if beats else first
        if len(beats) > 1:  # those of one beat are in order
            moments.sort(axis=1)
        yield moments, np.diff(moments, axis=1, append=following[:, None])
        begin, first = (until, following[:, None]) if beats else (end + 1, first)
