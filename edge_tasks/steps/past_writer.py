"""Writes the pasts of edges, counts what is stored, and keeps what the live edges go on with."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.processes import until
from edge_tasks.history.past import CHANNEL, Past
from edge_tasks.light.host import memories
from edge_tasks.light.host.memories import Snapshot
from edge_tasks.light.wire.journal import Entry, Journal
from edge_tasks.plan import some
from edge_tasks.steps import past_processes
from edge_tasks.timedata.errors import HistoryDiffers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from edge_tasks.history.described import Described
    from edge_tasks.history.pasts import Noted
    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.light.wire.config_changes import Change
    from edge_tasks.output import Output
    from edge_tasks.steps.past_processes import Done
    from edge_tasks.steps.past_record import PastRecord
    from edge_tasks.steps.past_sender import PastSender
    from edge_tasks.timedata.protocol import History
    from edge_tasks.timedata.span import Span

_KEEP_S: Final = 10.0
"""How often what was written is counted and noted, so that an interrupted step goes on there."""

_LATE_S: Final = 60.0
"""How much later a backend that has much to do may store points."""
_PAUSE_S: Final = 2.0


@dataclass(frozen=True)
class ToWrite:
    """What is to be written of an edge.

    Attributes:
        edge: what it follows from.
        noted: what is noted of it when all is written.
        spans: in which there are to be points.
        remove: in which points are removed before.
    """

    edge: Described
    noted: Noted
    spans: Sequence[Span]
    remove: Sequence[Span]

    @property
    def past(self) -> Past:
        """What the processes that write are given."""
        noted = self.noted
        return Past(self.edge, noted.begin, noted.end, noted.every, self.spans, noted.incidents)


@dataclass(frozen=True)
class PastWriter:
    """Writes pasts.

    Attributes:
        history: where to.
        record: where it is noted.
        memory_file: of the light host, which does not run meanwhile.
        processes: how many write at most.
        sender: has the backend store them; None to write them where they are stored.
    """

    history: History
    record: PastRecord
    memory_file: Path
    processes: int
    output: Output
    sender: PastSender | None = None

    def write(self, wanted: Mapping[str, ToWrite]) -> int:
        """Write all of them, where there is nothing left to :meth:`remove`; the number of points.

        Raises:
            HistoryError: the history cannot be reached, or refuses. What is noted is stored.
            HistoryDiffers: it has more or fewer points than were written.
        """
        pasts = [one.past for one in wanted.values()]
        processes = past_processes.count_of(pasts, self.processes)
        sink = self.sender.shared_by(processes) if self.sender else self.history
        waiting: list[Done] = []
        differing: list[str] = []
        kept = time.monotonic()
        with self.output.progress("backfill", len(pasts), "edges") as progress:
            try:
                for number, done in enumerate(past_processes.write(pasts, sink, processes), 1):
                    waiting.append(done)
                    progress(number)
                    if time.monotonic() - kept > _KEEP_S:
                        differing += self._keep(waiting, wanted)
                        waiting, kept = [], time.monotonic()
            finally:
                differing += self._keep(waiting, wanted)
        if differing:
            raise HistoryDiffers(
                f"{self.history.describe()} has other points than were written of {some(tuple(differing))}",
                hint="run it again: it writes the past of these edges once more",
            )
        return sum(past.count(span) for past in pasts for span in past.spans)

    def remove(self, wanted: Mapping[str, ToWrite]) -> None:
        """Remove what there is of points in spans that are written anew.

        Raises:
            HistoryError: the history cannot be reached, or refuses.
        """
        names: dict[Span, list[str]] = {}
        for name, one in wanted.items():
            for span in one.remove:
                names.setdefault(span, []).append(name)
        for span, edges in names.items():
            found = self.history.occupied(edges, span)
            if found:
                self.history.delete(sorted(found), span)

    def _keep(self, done: Sequence[Done], wanted: Mapping[str, ToWrite]) -> list[str]:
        """Count what was written, keep with what the edges go on, and note it; the names of those that differ."""
        pasts = [wanted[one.name].past for one in done]
        differing = self._stored_late(pasts) if self.sender and pasts else self._differing(pasts)
        good = [one for one in done if one.name not in differing]
        self._remember(good)
        self.record.note({one.name: wanted[one.name].noted for one in good})
        return sorted(differing)

    def _stored_late(self, pasts: Sequence[Past]) -> set[str]:
        """The names of the edges that still lack points when the backend has had time to store them."""
        self.history.settle()
        deadline = time.monotonic() + _LATE_S
        while (differing := self._differing(pasts)) and until(deadline, _PAUSE_S):
            pass
        return differing

    def _differing(self, pasts: Iterable[Past]) -> set[str]:
        found: set[str] = set()
        spans: dict[Span, list[Past]] = {}
        for past in pasts:
            for span in past.spans:
                spans.setdefault(span, []).append(past)
        for span, some_pasts in spans.items():
            counts = self.history.count([past.edge.name for past in some_pasts], span, CHANNEL)
            found |= {past.edge.name for past in some_pasts if counts.get(past.edge.name, 0) != past.count(span)}
        return found

    def _remember(self, done: Sequence[Done]) -> None:
        """Have edges go on from the end of their pasts, with what people have changed in them."""
        if not done:
            return
        kept = memories.load_newest(self.memory_file, {one.name for one in done}, {}, and_others=True)
        for one in done:
            old = kept.get(one.name, Snapshot(one.memory))
            memory = _with_states(one.memory, old.memory)
            kept[one.name] = Snapshot(
                memory, old.configuration_hash, _journal(old.journal.changes, one.memory.now)
            )
        for _ in memories.saved(self.memory_file, kept.items()):
            pass


def _journal(changes: Iterable[Change], end: int | None) -> Journal:
    """Changes that have had an effect only since the end of a past."""
    return Journal(tuple(Entry(end, change) for change in changes)) if end is not None else Journal()


def _with_states(memory: Memory, old: Memory) -> Memory:
    """A memory with the states and the cumulated times of which a past knows nothing, as they were."""
    return replace(
        memory,
        energies={**old.energies, **memory.energies},
        registers={**old.registers, **memory.registers},
    )
