"""The moments at which counters must be known for an account. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.history.truth.answered import needed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.history.truth.answered import Bill
    from edge_tasks.history.truth.batch import Batch
    from edge_tasks.history.truth.past_with_incidents import PastWithIncidents
    from edge_tasks.history.truth.periods import Period


@dataclass(frozen=True)
class Moments:
    """All in epoch ms.

    Attributes:
        bounds: of each period the part that the edges have lived; None if there is none.
        points: the times of the points that the answers would follow from if nothing went wrong.
        stored: the times of those that they follow from; none if nothing went wrong.
        measured: when these were measured.
        every: all at which counters must be known, ascending.
    """

    bounds: Sequence[tuple[int, int] | None]
    points: Sequence[int]
    stored: Sequence[int]
    measured: Sequence[int]
    every: Sequence[int]


def moments_of(batch: Batch, bill: Bill, past: PastWithIncidents) -> Moments:
    """The moments for edges with such a past."""
    bounds = [_lived(period, batch, bill.now) for period in bill.periods]
    points, stored = needed(bill, batch.points), past.needed(bill)
    measured = past.measured(stored)
    asked = {moment for bound in bounds if bound for moment in bound}
    every = sorted({batch.points.begin, *asked, *points, *measured, *past.moments})
    return Moments(bounds, points, stored, measured, every)


def _lived(period: Period, batch: Batch, now: int) -> tuple[int, int] | None:
    """The part of a period that the edges have lived; None if there is none."""
    begin, end = max(period.begin, batch.points.begin), min(period.end, now)
    return (begin, end) if begin < end else None
