"""The history that an InfluxDB holds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from edge_tasks.timedata.influxdb import line_protocol
from edge_tasks.timedata.influxdb.flux import Flux
from edge_tasks.timedata.influxdb.influxql import InfluxQl
from edge_tasks.timedata.influxdb.line_protocol import tag_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from edge_tasks.timedata.influxdb.server import Server
    from edge_tasks.timedata.points import Points
    from edge_tasks.timedata.span import Span

_BYTES_A_VALUE: Final = 7
"""Before the server has compacted what it got, measured; afterwards it is less."""
_COLLECTED_S: Final = 11.0


class Disk(Protocol):
    """Where data lie. It can be pickled."""

    def free(self) -> int | None:
        """How many bytes can still be written; None if nobody can say."""


@dataclass(frozen=True)
class InfluxHistory:
    """A measurement of an InfluxDB.

    Attributes:
        server: where it is.
        measurement: its name.
        speaks_flux: whether it is InfluxDB 2, which is asked in Flux.
        disk: where its data lie; None if that cannot be seen from here.
        url: by which the backend knows the server; empty if that is the same. Unlike the address of a container
            it stays the same.
    """

    server: Server
    measurement: str = "data"
    speaks_flux: bool = False
    disk: Disk | None = None
    url: str = ""

    def describe(self) -> str:
        """What it is and where, for people."""
        return f"the InfluxDB at {self.url or self.server.url}, bucket {self.server.bucket}"

    def settle(self) -> None:
        """Wait until the backend has written what edges have sent: it collects points for ten seconds."""
        time.sleep(_COLLECTED_S)

    def occupied(self, edges: Collection[str], span: Span) -> AbstractSet[str]:
        """Which of the edges have any point in a span, whoever wrote it."""
        names = _names(edges)
        found = self._language.occupied(names, span)
        return {name for tag in found for name in names[tag]}

    def count(self, edges: Collection[str], span: Span, channel: str) -> Mapping[str, int]:
        """How many points of each edge in a span have a channel."""
        names = _names(edges)
        found = self._language.count(names, span, channel)
        return {name: count for tag, count in found.items() for name in names[tag]}

    def write(self, points: Iterable[Points]) -> int:
        """Store points; the number of them."""
        count = 0
        place = {"org": self.server.org, "bucket": self.server.bucket, "precision": "ms"}
        for some in points:
            for text in line_protocol.texts(some, self.measurement):
                self.server.post("/api/v2/write", place, text)
            count += len(some.times)
        return count

    def delete(self, edges: Collection[str], span: Span) -> None:
        """Remove all points of these edges in a span."""
        self._language.delete(_names(edges), span)

    def removal(self, edges: Collection[str], span: Span) -> Sequence[str]:
        """The commands with which people do the same as :meth:`delete`."""
        return self._language.removal(_names(edges), span)

    def bytes_needed(self, points: int, channels: int) -> int:
        """An estimate of the disk that points take."""
        return points * channels * _BYTES_A_VALUE

    def bytes_free(self) -> int | None:
        """The disk that is free where it lies; None if that cannot be seen from here."""
        return None if self.disk is None else self.disk.free()

    @property
    def _language(self) -> InfluxQl | Flux:
        kind = Flux if self.speaks_flux else InfluxQl
        return kind(self.server, self.measurement)


def _names(edges: Collection[str]) -> dict[str, list[str]]:
    """The names of edges by their tags, which edges of several names may share."""
    found: dict[str, list[str]] = {}
    for edge in edges:
        found.setdefault(tag_of(edge), []).append(edge)
    return found
