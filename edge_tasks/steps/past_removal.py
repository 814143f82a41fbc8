"""``inv backfill --remove``: take the pasts away that were written, and what the edges have sent since then."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.plan import Plan, counted
from edge_tasks.timedata.span import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from edge_tasks.steps.past_record import PastRecord
    from edge_tasks.timedata.protocol import History


@dataclass(frozen=True)
class PastRemoval:
    """Removes pasts; the live edges go on as they are.

    Attributes:
        edges: whose pasts; None for all that are noted, also those of edges that the fleet has no more.
        history: where they are.
        record: where they are noted.
    """

    edges: Collection[str] | None
    history: History
    record: PastRecord

    def find(self) -> Plan[dict[int, list[str]]]:
        """The edges that have a past, by its beginning."""
        begins: dict[int, list[str]] = {}
        for name, noted in self.record.read().items():
            if self.edges is None or name in self.edges:
                begins.setdefault(noted.begin, []).append(name)
        count = sum(map(len, begins.values()))
        changes = (f"remove the past of {counted(count, 'edge')}",) if count else ()
        return Plan(changes, "no edge has a past there", begins, tuple(self._remarks()))

    def apply(self, plan: Plan[dict[int, list[str]]]) -> str:
        """Remove them.

        Raises:
            HistoryError: the history cannot be reached, or refuses.
        """
        now = time.time_ns() // 1_000_000
        self.history.settle()  # the edges go on, and the backend stores what they have sent only after a while
        for begin, names in plan.details.items():
            self.history.delete(names, Span(begin, now))
            self.record.forget(names, now)
        return f"removed the past of {counted(sum(map(len, plan.details.values())), 'edge')}"

    def _remarks(self) -> Iterator[str]:
        for place in self.record.other_places(self.edges):
            yield (
                f"there are pasts in {place}, too, where the fleet was before: inv backfill --remove removes them"
                " when the backend stores there again, inv down --purge removes them with the fleet"
            )
