"""Which points an edge still lacks, and what stands in their way. Pure.

An edge's past begins at a moment and ends where the live edge goes on. What is noted of an edge was written by
this fleet. What the edge has sent since then, or since its first day, is this fleet's own, too. It is written
anew, because the counters in it began elsewhere. It begins up to five minutes earlier, because averages are
stored at the beginning of their five minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.light.wire.window import LENGTH
from edge_tasks.timedata.span import Span

if TYPE_CHECKING:
    from edge_tasks.fleet.incidents import Incident

OPEN: Final = 1 << 62
"""The end of a span that ends now, whenever that will be."""


@dataclass(frozen=True)
class Noted:
    """What was written of an edge's past.

    Attributes:
        begin: epoch ms, when the past begins.
        until: epoch ms, before which it has points.
        end: epoch ms, from which on the live edge went on.
        every: ms between two points.
        mark: of what the edge was made of.
        is_whole: all of it was written, and counted.
        incidents: what went wrong in it.
        zone: in which its days were typed; empty if none was.
    """

    begin: int
    until: int
    end: int
    every: int
    mark: str
    is_whole: bool
    incidents: tuple[Incident, ...] = ()
    zone: str = ""


@dataclass(frozen=True)
class Wish:
    """What is wanted for an edge.

    Attributes:
        begin: epoch ms, when its past begins.
        until: epoch ms, before which there are to be points; :data:`OPEN` for all.
        every: ms between two points.
        mark: of what the edge is made of.
        incidents: what is to go wrong in it.
    """

    begin: int
    until: int
    every: int
    mark: str
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True)
class Lack:
    """What an edge lacks.

    Attributes:
        spans: whose points must be written.
        ours: what this fleet wrote or sent before, and what is removed; whatever else is in the spans is foreign.
    """

    spans: tuple[Span, ...] = ()
    ours: tuple[Span, ...] = ()

    @property
    def foreign(self) -> tuple[Span, ...]:
        """The parts of the spans that must be empty."""
        found = self.spans
        for own in self.ours:
            found = tuple(part for span in found for part in _without(span, own))
        return found


def difference(wish: Wish, noted: Noted) -> str:
    """What is wanted otherwise than it was written; empty if nothing is."""
    if noted.begin != wish.begin:
        return "from another moment on"
    if noted.every != wish.every:
        return "in other steps"
    if noted.incidents != wish.incidents:
        return "with other incidents"
    return "" if noted.mark == wish.mark else "of another template, profile or seed"


def lack(wish: Wish, noted: Noted | None, born: int | None) -> Lack:
    """What an edge lacks.

    Args:
        wish: for it.
        noted: what was written; None if nothing was.
        born: epoch ms, since when it has lived, its past included; None if it never has.
    """
    alive = born
    before: tuple[Span, ...] = ()
    begin = wish.begin
    if noted is not None:
        alive = noted.end
        before = (Span(noted.begin, noted.end),)
        if noted.is_whole and not difference(wish, noted):
            if wish.until == OPEN or wish.until <= noted.until:
                return Lack()
            begin, before = noted.until, ()
    if alive is None:
        return Lack((Span(begin, wish.until),), before)
    living = Span(alive // LENGTH * LENGTH, OPEN)
    if wish.until < living.begin:
        return Lack((Span(begin, wish.until), living), (*before, living))
    return Lack((Span(max(wish.begin, min(begin, living.begin)), OPEN),), (*before, living))


def _without(span: Span, other: Span) -> tuple[Span, ...]:
    parts = Span(span.begin, min(span.end, other.begin)), Span(max(span.begin, other.end), span.end)
    return tuple(part for part in parts if part)
