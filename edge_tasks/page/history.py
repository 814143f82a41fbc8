"""The values since the page was started, with two points for each step, however long it is. No I/O.

Between two points the earlier one holds, so a chart of them has steps and no slopes that nobody measured.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from edge_tasks.page.snapshot import Figures, Snapshot

_MOST_POINTS: Final = 1800
"""Of one edge, or of the fleet."""
_MOST_IN_ALL: Final = 200_000
"""Of all edges together, unless each would have fewer than the least."""
_FEWEST_POINTS: Final = 30
"""Of one edge: 100,000 edges have at most three million points."""


class Track:
    """The points of one edge, or of the fleet; the oldest go when there are too many."""

    def __init__(self, most: int) -> None:
        self._points: deque[tuple[float, Figures]] = deque(maxlen=most)

    def add(self, at: float, figures: Figures) -> None:
        """Note the figures of a moment; a step that goes on is made longer."""
        points = self._points
        if len(points) > 1 and points[-1][1] == figures == points[-2][1]:
            points.pop()
        points.append((round(at, 1), figures))

    @property
    def columns(self) -> list[list[Any]]:
        """Times, then a list for each figure, all of one length."""
        if not self._points:
            return []
        times = [at for at, _ in self._points]
        return [times, *(list(column) for column in zip(*(figures for _, figures in self._points), strict=True))]


class History:
    """A track for each edge, and one for the fleet."""

    def __init__(self) -> None:
        self.fleet = Track(_MOST_POINTS)
        self._edges: dict[str, Track] = {}

    def add(self, snapshot: Snapshot) -> None:
        """Note a look; edges that are no longer of the fleet are forgotten."""
        self.fleet.add(snapshot.at, snapshot.totals)
        most = max(_FEWEST_POINTS, min(_MOST_POINTS, _MOST_IN_ALL // max(1, len(snapshot.rows))))
        kept = {name: self._edges.get(name) or Track(most) for name in snapshot.rows}
        for name, row in snapshot.rows.items():
            kept[name].add(snapshot.at, row.figures)
        self._edges = kept

    def edge(self, name: str) -> list[list[Any]]:
        """The columns of one edge; none when it is not of the fleet."""
        track = self._edges.get(name)
        return track.columns if track else []
