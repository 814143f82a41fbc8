"""What people have changed on an edge, and when. From it follows again what they did to its energies. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from edge_tasks.light.engine.memory import Command
from edge_tasks.light.wire.config_changes import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

Deed: TypeAlias = "Change | Command"
MOST: Final = 1_000
"""The most entries that an edge keeps: a program may write another value each second, for ever."""


class Entry(NamedTuple):
    """What somebody did, and the epoch ms from which on it had an effect."""

    at: int
    did: Deed


@dataclass(frozen=True)
class Journal:
    """What people have done to an edge.

    Attributes:
        entries: in their order.
        lost: epoch ms from which on entries may be missing; None if none is.
    """

    entries: tuple[Entry, ...] = ()
    lost: int | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of the configuration among them."""
        return tuple(one.did for one in self.entries if isinstance(one.did, Change))

    def noting(self, at: int, did: Deed) -> Journal:
        """The same with one more entry.

        The value that a channel has already is not noted once more: it only holds for longer. When the journal is
        full, written values are lost; changes of the configuration are not, because the edge needs them.
        """
        if isinstance(did, Command):
            place = next(self._of_channel(did.channel), None)
            held = self.entries[place].did if place is not None else None
            if place is not None and isinstance(held, Command) and held.value == did.value and held.end >= at:
                longer = self.entries[place]._replace(did=did)
                return replace(self, entries=(*self.entries[:place], longer, *self.entries[place + 1 :]))
            if len(self.entries) >= MOST:
                return replace(self, lost=at if self.lost is None else self.lost)
        return replace(self, entries=(*self.entries, Entry(at, did)))

    def voided(self) -> Journal:
        """The journal of an edge that gets another template: nothing in it holds any more."""
        moments = [*(one.at for one in self.entries[:1]), *([] if self.lost is None else [self.lost])]
        return Journal(lost=min(moments, default=None))

    def _of_channel(self, channel: str) -> Iterator[int]:
        """The places of entries that wrote to a channel, the last one first."""
        for place in range(len(self.entries) - 1, -1, -1):
            did = self.entries[place].did
            if isinstance(did, Command) and did.channel == channel:
                yield place


NOTHING: Final = Journal()
"""Most edges have this one, which they share."""
