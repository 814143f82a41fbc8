"""What a place that holds the history of edges can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from edge_tasks.timedata.points import Points
    from edge_tasks.timedata.span import Span


class Sink(Protocol):
    """Takes points. It can be pickled: each of several processes writes the points of some edges."""

    def write(self, points: Iterable[Points]) -> int:
        """Take points, and return how many.

        Raises:
            HistoryError: they cannot be taken.
        """


class History(Sink, Protocol):
    """A place that holds points of edges. Edges are named by their names, e.g. ``edge3``.

    Every method raises a :class:`.errors.HistoryError` if the place cannot be reached or refuses.
    """

    def describe(self) -> str:
        """What it is and where, for people: ``the InfluxDB at http://127.0.0.1:8086, database openemsdb``."""

    def settle(self) -> None:
        """Wait until everything is stored that edges have sent before this call."""

    def occupied(self, edges: Collection[str], span: Span) -> AbstractSet[str]:
        """Which of the edges have any point in a span, whoever wrote it."""

    def count(self, edges: Collection[str], span: Span, channel: str) -> Mapping[str, int]:
        """How many points of each edge in a span have a channel; an edge without any may be missing."""

    def write(self, points: Iterable[Points]) -> int:
        """Store points. A point at a moment that has one already replaces the values of the channels it has.

        Returns:
            The number of points that are stored now; when this returns, :meth:`count` finds them.
        """

    def delete(self, edges: Collection[str], span: Span) -> None:
        """Remove all points of these edges in a span."""

    def bytes_needed(self, points: int, channels: int) -> int:
        """An estimate of the disk that so many points of so many channels take, in bytes."""

    def bytes_free(self) -> int | None:
        """The disk that is free where it lies, in bytes; None if that cannot be seen from here."""


class KeptHistory(History, Protocol):
    """A history that outlives the fleet, so that people may have to remove points by themselves."""

    def removal(self, edges: Collection[str], span: Span) -> Sequence[str]:
        """The commands with which people do the same as :meth:`delete`."""
