"""``inv backfill``: the past of light edges, written where the backend reads it.

The past ends where the live edges go on. So they are stopped while it is written, and go on from its end.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.signals import uninterrupted
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.incidents import joined_at
from edge_tasks.history import dates
from edge_tasks.history.described import mark
from edge_tasks.history.past import CHANNEL
from edge_tasks.history.past_again import how_to_keep
from edge_tasks.history.pasts import OPEN, Lack, Noted, Wish, difference, lack
from edge_tasks.history.schedule import count_of
from edge_tasks.light.host import memories
from edge_tasks.plan import Plan, counted, some
from edge_tasks.steps.past_record import index_of
from edge_tasks.steps.past_writer import ToWrite
from edge_tasks.timedata.errors import NoRoom
from edge_tasks.timedata.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from edge_tasks.errors import FleetError
    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.described import Described
    from edge_tasks.output import Output
    from edge_tasks.runtimes.protocols import LightEdgesHost
    from edge_tasks.steps.past_writer import PastWriter

_CHANNELS: Final = 90
"""About how many channels a point has, for the estimate of the disk."""


@dataclass(frozen=True)
class Asked:
    """What was typed.

    Attributes:
        begin: epoch ms, when the past begins.
        until: epoch ms, before which there are to be points; :data:`.pasts.OPEN` for now.
        every: ms between two points.
        zone: in which people read moments.
        adopt: what is in the way is removed.
        zone_typed: the zone's name; empty if none was typed.
    """

    begin: int
    until: int
    every: int
    zone: tzinfo
    adopt: bool = False
    zone_typed: str = ""


@dataclass(frozen=True)
class Backfill:
    """Writes pasts.

    Attributes:
        edges: light ones, by name.
        left_out: edges that count by themselves, so that nobody can write their past.
        host: what runs the light edges.
        start: has it run the fleet's edges.
        writer: knows where history lies, and where it is noted.
        incidents: what is to go wrong, by the edge's name.
        remarks: what people should know beforehand.
    """

    asked: Asked
    edges: Mapping[str, Described]
    left_out: Sequence[str]
    host: LightEdgesHost
    start: Callable[[], object]
    writer: PastWriter
    output: Output
    incidents: Mapping[str, tuple[Incident, ...]] = field(default_factory=dict)
    remarks: Sequence[str] = ()

    def find(self) -> Plan[Mapping[str, Lack]]:
        """What the edges' pasts lack.

        Raises:
            HistoryError: the history cannot be asked.
        """
        noted, born = self._noted(), self._born()
        wishes = {name: self._wish(edge) for name, edge in self.edges.items()}
        found = ((name, lack(wish, noted.get(name), born.get(name))) for name, wish in wishes.items())
        lacks = {name: one for name, one in found if one.spans}
        refusal = self._otherwise(wishes, noted, born) or self._foreign(lacks) or self._room(lacks)
        changes = (f"write the past of {counted(len(lacks), 'edge')}",) if lacks else ()
        return Plan(
            (*changes, *(("have the light edges go on",) if self._is_cut_short() else ())),
            f"{counted(len(self.edges), 'edge')} with a past since {self._words(self.asked.begin)}",
            lacks,
            tuple(self._remarks()),
            refusal,
        )

    def apply(self, plan: Plan[Mapping[str, Lack]]) -> str:
        """Write what is lacking, and have the edges go on from there.

        Raises:
            HistoryError: the history cannot be reached, or refuses.
            HistoryDiffers: it has more or fewer points than were written.
        """
        if not plan.details:
            self._go_on()
            return "the light edges go on"
        history = self.writer.history
        with self._stopped():
            now = time.time_ns() // 1_000_000
            wanted = {name: self._to_write(name, lacking, now) for name, lacking in plan.details.items()}
            begun = {name: replace(one.noted, is_whole=False) for name, one in wanted.items()}
            history.settle()  # what edges have sent that ended a moment ago is stored only after a while, too
            self.writer.remove(wanted)
            self.writer.record.note(begun)  # not before: until then, what was noted says what is to be removed
            points = self.writer.write(wanted)
        return f"{points:,} points of {counted(len(wanted), 'edge')} in {history.describe()}"

    @contextmanager
    def _stopped(self) -> Iterator[None]:
        """The light edges do not run meanwhile. If they ran before, they go on afterwards, whatever happens."""
        record = self.writer.record
        if self.host.runs() or record.is_paused:
            record.pause()  # first: whatever ends this program from here on, the next run knows it
            self.output.line("  the light edges are stopped; they go on when their past is written")
        try:
            self.host.stop()
            yield
        except KeyboardInterrupt:
            if record.is_paused:
                self.output.line("  interrupted: the light edges are started again, which takes a moment")
            raise
        finally:
            if record.is_paused:
                self._go_on()

    def _go_on(self) -> None:
        with uninterrupted():
            self.start()
            self.writer.record.end_pause()

    def _is_cut_short(self) -> bool:
        """Whether an earlier run was ended before the light edges went on."""
        return self.writer.record.is_paused and not self.host.runs()

    def _wish(self, edge: Described) -> Wish:
        incidents = self.incidents.get(edge.name, ())
        begin = joined_at(incidents, self.asked.begin)
        return Wish(begin, self.asked.until, self.asked.every, mark(edge), incidents)

    def _born(self) -> dict[str, int]:
        """Since when there is history of the edges' lives: from their beginning, or since it was removed."""
        known = memories.load_newest(self.writer.memory_file, self.edges.keys(), {})
        removed = self.writer.record.removed()
        began = {name: found.memory.began for name, found in known.items()}
        return {name: max(at, removed.get(name, at)) for name, at in began.items() if at is not None}

    def _noted(self) -> dict[str, Noted]:
        """What is noted; where the history has another number of points, as what is not whole."""
        ours = {name: found for name, found in self.writer.record.read().items() if name in self.edges}
        by_span: dict[Span, list[str]] = {}
        for name, found in ours.items():
            if found.is_whole:
                by_span.setdefault(Span(found.begin, found.until), []).append(name)
        for span, names in by_span.items():
            counts = self.writer.history.count(names, span, CHANNEL)
            ill = [name for name in names if counts.get(name, 0) != count_of(ours[name])]
            ours |= {name: replace(ours[name], is_whole=False) for name in ill}
        return ours

    def _to_write(self, name: str, lacking: Lack, now: int) -> ToWrite:
        asked, edge = self.asked, self.edges[name]
        wish, until = self._wish(edge), min(asked.until, now)
        times = wish.begin, until, now, wish.every
        noted = Noted(*times, wish.mark, is_whole=True, incidents=wish.incidents, zone=asked.zone_typed)
        remove = (*lacking.ours, *(lacking.spans if asked.adopt else ()))
        return ToWrite(edge, noted, _ended(lacking.spans, now), _ended(remove, now))

    def _otherwise(
        self, wishes: Mapping[str, Wish], noted: Mapping[str, Noted], born: Mapping[str, int]
    ) -> FleetError | None:
        """Why pasts that were written otherwise, or lives that began earlier, are in the way."""
        if self.asked.adopt:
            return None
        for name, wish in wishes.items():
            if name in noted and (how := difference(wish, noted[name])):
                return SettingsError(
                    f"the past of {name} was written {how}: since {self._words(noted[name].begin)},"
                    f" every {dates.every_text(noted[name].every)}",
                    hint=how_to_keep(index_of(name), wish, noted[name], self.asked.begin, self.asked.zone),
                )
            if name not in noted and born.get(name, OPEN) < wish.begin:
                first = "--from" if wish.begin == self.asked.begin else "let it join at"
                return SettingsError(
                    f"{name} has lived since {self._words(born[name])}, so its past ends there",
                    hint=f"{first} {self._words(born[name])} or earlier; --adopt removes what it sent until now",
                )
        return None

    def _foreign(self, lacks: Mapping[str, Lack]) -> FleetError | None:
        """Why points that this fleet did not write are in the way."""
        if self.asked.adopt:
            return None
        history = self.writer.history
        names: dict[Span, list[str]] = {}
        for name, lacking in lacks.items():
            for span in _ended(lacking.foreign, time.time_ns() // 1_000_000):
                names.setdefault(span, []).append(name)
        found = tuple(sorted({name for span, some in names.items() for name in history.occupied(some, span)}))
        if not found:
            return None
        return SettingsError(
            f"{history.describe()} already has points of {some(found)} that this fleet did not write",
            hint="--adopt removes them; or choose another span with --from and --to",
        )

    def _room(self, lacks: Mapping[str, Lack]) -> FleetError | None:
        """Why the disk is too small."""
        now, history = time.time_ns() // 1_000_000, self.writer.history
        spans = (span for lacking in lacks.values() for span in _ended(lacking.spans, now))
        points = sum((span.end - span.begin) // self.asked.every for span in spans)
        needed, free = history.bytes_needed(points, _CHANNELS), history.bytes_free()
        if free is None or needed < free:
            return None
        return NoRoom(
            f"{history.describe()} has {free >> 20:,} MB of disk left,"
            f" and {points:,} points need about {needed >> 20:,} MB",
            hint="fewer edges with --edge, a later --from, or a longer --every",
        )

    def _remarks(self) -> Iterator[str]:
        yield from self.remarks
        if self.left_out:
            names = some(tuple(self.left_out))
            yield f"left out: {names}: real edges count by themselves, and a past would make their counters fall"

    def _words(self, moment: int) -> str:
        return dates.written(moment, self.asked.zone)


def _ended(spans: Iterable[Span], now: int) -> list[Span]:
    """Spans that end now at the latest, without those that begin later."""
    ended = (Span(span.begin, min(span.end, now)) for span in spans)
    return [span for span in ended if span]
