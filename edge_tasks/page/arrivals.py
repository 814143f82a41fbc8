"""When the edges of a fleet came, counted from the beginning of what brought it up last. No I/O."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Arrivals:
    """The edges that are online, by when they came.

    Attributes:
        took_s: how long it took to bring the fleet up.
        before: how many were there before that.
        during: seconds after its beginning, of each that came in this time, in order.
        later: how many came after it. Whether they were there at some earlier time is not known.
    """

    took_s: float
    before: int
    during: tuple[float, ...]
    later: int

    @property
    def columns(self) -> list[list[float]]:
        """Seconds, and how many edges were there; from the beginning to the end."""
        times = sorted({0.0, *self.during, self.took_s})
        return [times, [self.before + bisect_right(self.during, at) for at in times]]

    def note(self, what: str) -> str:
        """The same in a few sentences; ``what`` says what the time of an edge is the time of."""
        return " ".join(filter(None, (self._came(what), self._were_before, self._came_later)))

    def _came(self, what: str) -> str:
        if not self.during:
            return "No edge came while the fleet was brought up."
        half, most, last = (quantile(self.during, share) for share in (0.5, 0.9, 1.0))
        return (
            f"An edge counts from when {what}, in seconds since the first step began: half of"
            f" {len(self.during)} within {half:.1f} s, nine of ten within {most:.1f} s, the last after"
            f" {last:.1f} s."
        )

    @property
    def _were_before(self) -> str:
        were = "was" if self.before == 1 else "were"
        return f"{counted(self.before, 'edge')} {were} there before." if self.before else ""

    @property
    def _came_later(self) -> str:
        if not self.later:
            return ""
        are = "is" if self.later == 1 else "are"
        return f"{counted(self.later, 'edge')} came later, maybe again, and {are} not in the chart."


def arrivals_of(came_s: Iterable[float], took_s: float) -> Arrivals:
    """The arrivals of edges.

    Args:
        came_s: seconds after the beginning, of each edge; negative before it.
        took_s: from the beginning to the end.
    """
    ordered = sorted(came_s)
    first, end = bisect_right(ordered, 0.0), bisect_right(ordered, took_s)
    return Arrivals(took_s, first, tuple(ordered[first:end]), len(ordered) - end)


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value that this share of an ordered sequence does not exceed; None if the sequence is empty."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
