"""Edges that the fleet has no more, but of which a past is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.plan import counted
from edge_tasks.steps.past_record import indices_of, ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.fleet.record import Record


def indices_noted(record: Record) -> set[int]:
    """The indices of all edges of which a past is noted, wherever it is."""
    return {index for entry in record.entries().get("history", []) for index in indices_of(entry["edges"])}


def left_by(record: Record, size: int) -> Iterator[str]:
    """Say that the points of edges beyond the size of the fleet stay, and what removes them."""
    gone = sorted(index for index in indices_noted(record) if index >= size)
    if gone:
        edges = ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges(gone))
        yield (
            f"the past of {counted(len(gone), 'edge')} that the fleet has no more stays where it was written"
            f" → inv backfill --remove --edge {edges}"
        )
