"""``inv reset``: what the fleet has lived through is removed, and what it is made of stays."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.history import dates
from edge_tasks.plan import counted
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.timedata.span import Span

if TYPE_CHECKING:
    from collections.abc import Collection

    from edge_tasks.fleet.record import Record
    from edge_tasks.output import Output
    from edge_tasks.runtimes.protocols import EdgeHost
    from edge_tasks.timedata.protocol import History

_BEGINNING: Final = 0
"""Epoch ms: nothing that an edge has sent is older."""


@dataclass(frozen=True)
class Reset:
    """Ends the edges, and removes what they have counted and what is stored of them; the next step starts them.

    It can be interrupted: when it is run again, it does all of it once more.

    Attributes:
        names: of the edges.
        edges: what runs them; None if they go on, and only their history is removed.
        history: where it is; None if the backend stores none.
        record: where the pasts are noted.
    """

    names: Collection[str]
    edges: EdgeHost | None
    history: History | None
    record: Record
    output: Output

    @property
    def pasts(self) -> str:
        """What a backfill has written and this removes, for people; empty if there is nothing."""
        read = PastRecord(self.record, self.history.describe()).read() if self.history else {}
        begins = sorted(noted.begin for noted in read.values())
        if not begins:
            return ""
        since = "since" if begins[0] == begins[-1] else "the earliest since"
        noun = "past" if begins[0] == begins[-1] else "pasts"
        return f"the {noun} of {counted(len(begins), 'edge')}, {since} {dates.written(begins[0])}"

    def run(self) -> None:
        """Remove it, and print a line.

        Raises:
            CommandFailed: an edge did not end.
            HistoryError: the history cannot be reached, or refuses.
        """
        began = time.monotonic()
        did = []
        if self.edges is not None:
            self.edges.clear()
            did.append(f"{counted(len(self.names), 'edge')} {'begins' if len(self.names) == 1 else 'begin'} anew")
        if self.history is not None:
            self._remove(self.history)
            did.append(f"points removed from {self.history.describe()}")
        self.output.step("reset", ", ".join(did), time.monotonic() - began, changed=True)

    def _remove(self, history: History) -> None:
        """Remove all points of the fleet's edges, and of those that are gone but have a past."""
        now = time.time_ns() // 1_000_000
        history.settle()  # what edges that go on have sent until now is stored only after a while
        past = PastRecord(self.record, history.describe())
        names = {*self.names, *past.read()}
        history.delete(names, Span(_BEGINNING, now))
        past.forget(names, now)
