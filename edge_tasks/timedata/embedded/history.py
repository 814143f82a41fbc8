"""The history of edges in the embedded runtime's PostgreSQL, as something that is written and counted."""

from __future__ import annotations

import shutil
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import numpy as np
import psycopg

from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata.embedded.block import days_of, groups_of
from edge_tasks.timedata.embedded.database import (
    CHANNELS,
    COPY,
    HISTORY_PATH,
    NEW_CHANNELS,
    TYPES,
    Database,
    connect,
    number_of,
)
from edge_tasks.timedata.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from edge_tasks.timedata.embedded.block import Group
    from edge_tasks.timedata.points import Points, Whole
    from edge_tasks.timedata.span import Span

_BYTES_OF_VALUE: Final = 1.2
"""Measured: 3 MB an edge and year of quarter hours with 75 channels. PostgreSQL's log, at first, has them too."""
_DAYS: Final = "SELECT DISTINCT edge FROM history.block WHERE edge = ANY(%s) AND day BETWEEN %s AND %s"
_BLOCKS: Final = (
    "SELECT edge, day, body FROM history.block WHERE edge = ANY(%s) AND day BETWEEN %s AND %s"
    " ORDER BY edge, day, id"
)
_DELETE: Final = "DELETE FROM history.block WHERE edge = ANY(%s) AND day BETWEEN %s AND %s"
_EDGES_AT_ONCE: Final = 20


@dataclass(frozen=True)
class EmbeddedHistory:
    """See :class:`edge_tasks.timedata.protocol.History`.

    Attributes:
        database: where the rows are.
        folder: where the database's files are, to see how much room there is.
        console: of the backend that keeps what edges send for a while; empty if there is none.
    """

    database: Database
    folder: Path
    console: str = ""

    def describe(self) -> str:
        """What it is and where, for people."""
        return f"the history at {self.database}"

    def settle(self) -> None:
        """Have the backend write what edges have sent; one that does not run has nothing to write."""
        parts = urlsplit(self.console)
        with suppress(OSError, HTTPException), closing(HTTPConnection(parts.hostname or "", parts.port)) as asked:
            asked.request("POST", HISTORY_PATH)
            asked.getresponse().read()

    def occupied(self, edges: Collection[str], span: Span) -> AbstractSet[str]:
        """Which of the edges have any point in a span."""
        with self._connection() as connection:
            return {name for name in edges if _has_points(connection, number_of(name), span)}

    def count(self, edges: Collection[str], span: Span, channel: str) -> Mapping[str, int]:
        """How many points of each edge in a span have a channel."""
        names = {number_of(name): name for name in edges}
        numbers, found = list(names), dict.fromkeys(edges, 0)
        with self._connection() as connection:
            key = _known(connection, [channel]).get(channel)
            for first in range(0, len(numbers) if key is not None else 0, _EDGES_AT_ONCE):
                part = numbers[first : first + _EDGES_AT_ONCE]
                for edge, count in _counts(connection, part, span, key or 0).items():
                    found[names[edge]] = count
        return found

    def write(self, points: Iterable[Points]) -> int:
        """Store points, and return how many."""
        written = 0
        with self._connection() as connection:
            ids: dict[str, int] = {}
            for some in points:
                if missing := [address for address in some.channels if address not in ids]:
                    ids |= _ids(connection, missing)
                _copy(connection, some, ids)
                written += len(some.times)
        return written

    def delete(self, edges: Collection[str], span: Span) -> None:
        """Remove all points of these edges in a span."""
        numbers = [number_of(name) for name in edges]
        if not span or not numbers:
            return
        first, last = span.begin // DAY_MS, (span.end - 1) // DAY_MS
        with self._connection() as connection, connection.transaction():
            kept = [
                (edge, day, rest)
                for day in sorted({first, last})
                for edge, rests in _beyond(connection, numbers, day, span).items()
                for rest in rests
            ]
            connection.execute(_DELETE, (numbers, first, last))
            _copy_rows(connection, kept)

    def bytes_needed(self, points: int, channels: int) -> int:
        """An estimate of the disk that so many points of so many channels take, in bytes."""
        return round(points * channels * _BYTES_OF_VALUE)

    def bytes_free(self) -> int | None:
        """The disk that is free where the database lies."""
        try:
            return shutil.disk_usage(self.folder).free
        except OSError:
            return None

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        try:
            with connect(self.database) as connection:
                yield connection
        except psycopg.Error as error:
            lines = str(error).strip().splitlines()
            raise HistoryError(
                f"{self.describe()} cannot be used: {lines[0] if lines else type(error).__name__}",
                hint="inv up starts it; inv logs --service PostgreSQL shows what it says",
            ) from error


def _known(connection: psycopg.Connection, addresses: Collection[str]) -> dict[str, int]:
    return dict(connection.execute(CHANNELS, (list(addresses),)).fetchall())


def _ids(connection: psycopg.Connection, addresses: Collection[str]) -> dict[str, int]:
    """The numbers of channels, new ones included."""
    known = _known(connection, addresses)
    if missing := [address for address in addresses if address not in known]:
        connection.execute(NEW_CHANNELS, (missing,))
        known |= _known(connection, missing)
    return known


def _copy(connection: psycopg.Connection, points: Points, ids: Mapping[str, int]) -> None:
    edge = number_of(points.edge)
    channels = {ids[address]: values for address, values in points.channels.items()}
    _copy_rows(connection, ((edge, day, block) for day, block in days_of(points.times, channels)))


def _copy_rows(connection: psycopg.Connection, rows: Iterable[tuple[int, int, bytes]]) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        for row in rows:
            copy.write_row(row)


def _has_points(connection: psycopg.Connection, edge: int, span: Span) -> bool:
    """Whole days inside are known by their rows; those at both ends are looked into."""
    if not span:
        return False
    first, last = span.begin // DAY_MS, (span.end - 1) // DAY_MS
    if last - first > 1 and connection.execute(_DAYS, ([edge], first + 1, last - 1)).fetchone():
        return True
    ends = [connection.execute(_BLOCKS, ([edge], day, day)).fetchall() for day in sorted({first, last})]
    return any(len(_inside(list(groups_of(block)), span)) for rows in ends for _, _, block in rows)


def _counts(connection: psycopg.Connection, edges: list[int], span: Span, key: int) -> dict[int, int]:
    """How many moments of each edge have the channel with this id."""
    first, last = span.begin // DAY_MS, (span.end - 1) // DAY_MS
    days: dict[tuple[int, int], list[bytes]] = {}
    for edge, day, block in connection.execute(_BLOCKS, (edges, first, last), binary=True):
        days.setdefault((edge, day), []).append(block)
    found = dict.fromkeys(edges, 0)
    for (edge, day), blocks in days.items():
        found[edge] += _count_of(blocks, None if _is_inside(day, span) else span, key)
    return found


def _count_of(blocks: list[bytes], span: Span | None, key: int) -> int:
    """How many moments in a span (None: the whole day) have the channel with this id."""
    groups = [group for block in blocks for group in groups_of(block) if key in group.ids]
    if span is None and len(groups) == 1:
        return groups[0].count
    return len(_inside(groups, span))


def _is_inside(day: int, span: Span) -> bool:
    return span.begin <= day * DAY_MS and span.end >= (day + 1) * DAY_MS


def _inside(groups: list[Group], span: Span | None) -> Whole:
    """The moments of some groups, or those of them in a span."""
    times = np.unique(np.concatenate([np.empty(0, np.int64), *(group.times for group in groups)]))
    return times if span is None else times[(times >= span.begin) & (times < span.end)]


def _beyond(connection: psycopg.Connection, edges: list[int], day: int, span: Span) -> dict[int, list[bytes]]:
    """What a day has before and after a span, as blocks of the edges."""
    found: dict[int, list[bytes]] = {}
    if _is_inside(day, span):
        return found
    for edge, _, block in connection.execute(_BLOCKS, (edges, day, day)):
        for group in groups_of(block):
            kept = (group.times < span.begin) | (group.times >= span.end)
            if kept.any():
                channels = {key: group.values(place)[kept] for place, key in enumerate(group.ids)}
                found.setdefault(edge, []).extend(one.block for one in days_of(group.times[kept], channels))
    return found
