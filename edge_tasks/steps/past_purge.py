"""Removes the pasts of a fleet from histories that outlive it, when the fleet is removed."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.errors import FleetError
from edge_tasks.plan import counted, some
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.timedata.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.fleet.record import Record
    from edge_tasks.runtimes.storage import Storage
    from edge_tasks.timedata.protocol import KeptHistory


@dataclass(frozen=True)
class PastPurge:
    """Removes what is noted, and what the edges have sent since; the fleet is stopped.

    Attributes:
        storages: where the fleet's backends have stored history.
        record: where the pasts are noted.
        is_wanted: people want them to be removed; otherwise it is only said how they do it themselves.
    """

    storages: Sequence[Storage]
    record: Record
    is_wanted: bool = True

    def offered(self) -> str:
        """What can be removed, for people; empty if there is nothing."""
        found: list[str] = []
        for storage in self.storages if self.record.entries().get("history") else ():
            with suppress(FleetError):  # said when it cannot be removed
                kept = storage.kept()
                names = kept and PastRecord(self.record, kept.describe()).read()
                if kept and names:
                    found.append(f"the past of {counted(len(names), 'edge')} in {kept.describe()}")
        return " and ".join(found)

    def run(self) -> Iterator[str]:
        """Remove them; what became of them, for people."""
        if not self.record.entries().get("history"):
            return
        for storage in self.storages:
            try:
                kept = storage.kept()
            except FleetError as error:
                places = some(tuple({entry["place"] for entry in self.record.entries().get("history", [])}))
                yield f"not removed: what was backfilled into {places}, because {error.message}"
                continue
            if kept is not None:
                yield from self._remove(storage, kept)

    def _remove(self, storage: Storage, kept: KeptHistory) -> Iterator[str]:
        record = PastRecord(self.record, kept.describe())
        spans = _spans(record)
        names = tuple(name for some_names in spans.values() for name in some_names)
        if not names:
            return
        if not self.is_wanted:
            yield f"not removed: the past of {some(names)} in {kept.describe()}"
            yield from _commands(kept, record)
            return
        try:
            history = storage.start_kept()
            for span, edges in spans.items():
                history.delete(edges, span)
                record.forget(edges, span.end)
        except FleetError as error:
            yield f"not removed: the past of {some(names)} in {kept.describe()}, because {error.message}"
            yield from _commands(kept, record)
            return
        pasts = f"the past of {counted(len(names), 'edge')}, and what was sent since then"
        yield f"removed from {kept.describe()}: {pasts}"


def _commands(kept: KeptHistory, record: PastRecord) -> Iterator[str]:
    yield "  these commands remove them there:"
    yield from (f"    {line}" for span, edges in _spans(record).items() for line in kept.removal(edges, span))


def _spans(record: PastRecord) -> dict[Span, list[str]]:
    """The spans that are noted, each with its edges: from the beginning of a past until now."""
    now = time.time_ns() // 1_000_000
    found: dict[Span, list[str]] = {}
    for name, noted in record.read().items():
        found.setdefault(Span(noted.begin, now), []).append(name)
    return found
