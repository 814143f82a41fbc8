"""Questions to InfluxDB 1.8, in InfluxQL."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.timedata.errors import HistoryError
from edge_tasks.timedata.influxdb.backend_figures import components_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from edge_tasks.timedata.influxdb.server import Server
    from edge_tasks.timedata.span import Span

_AT_ONCE: Final = 100
"""How many edges one query asks for; each series that it reads takes memory in the server."""


@dataclass(frozen=True)
class InfluxQl:
    """The measurement of a database. Edges are named by their tags."""

    server: Server
    measurement: str

    def occupied(self, tags: Collection[str], span: Span) -> set[str]:
        """Which of the tags have any point of an edge in a span."""
        known = {values[1] for _, values in self._rows(f"SHOW TAG VALUES FROM {self._name} WITH KEY = edge")}
        channels = (str(values[0]) for _, values in self._rows(f"SHOW FIELD KEYS FROM {self._name}"))
        components = "|".join(map(re.escape, components_of(channels)))
        if not components:
            return set()
        fields = rf"SELECT /^({components})(\/|$)/"
        return {tag for tag, _ in self._grouped(known & set(tags), span, fields, " LIMIT 1")}

    def count(self, tags: Collection[str], span: Span, channel: str) -> dict[str, int]:
        """How many points of each tag in a span have a channel."""
        found = self._grouped(tags, span, f"SELECT COUNT({_quoted(channel)})", "")
        return {tag: int(values[1]) for tag, values in found}

    def delete(self, tags: Collection[str], span: Span) -> None:
        """Remove all points in a span."""
        for query in self._deletions(tags, span):
            self._rows(query)

    def removal(self, tags: Collection[str], span: Span) -> list[str]:
        """The commands that do the same."""
        database = shlex.quote(self._database)
        queries = self._deletions(tags, span)
        return [f"influx -database {database} -execute {shlex.quote(query)}" for query in queries]

    def _deletions(self, tags: Collection[str], span: Span) -> Iterator[str]:
        for part in _where(sorted(tags), span):
            yield f"DELETE FROM {self._name} WHERE {part}"  # noqa: S608 - InfluxQL has no parameters for names

    def _grouped(
        self, tags: Collection[str], span: Span, select: str, limit: str
    ) -> Iterator[tuple[str, Sequence[str]]]:
        for part in _where(sorted(tags), span):
            yield from self._rows(f"{select} FROM {self._from} WHERE {part} GROUP BY edge{limit}")

    @property
    def _database(self) -> str:
        return self.server.bucket.partition("/")[0]

    @property
    def _name(self) -> str:
        return _quoted(self.measurement)

    @property
    def _from(self) -> str:
        policy = self.server.bucket.partition("/")[2]
        return f"{_quoted(policy)}.{self._name}" if policy else self._name

    def _rows(self, query: str) -> list[tuple[str, Sequence[str]]]:
        """Ask, and return the rows of all series, each with the tag of its edge.

        Raises:
            HistoryError: the server refused.
        """
        form = {"db": self._database, "q": query, "epoch": "ms"}
        answer = json.loads(self.server.post("/query", form, b""))
        (result,) = answer["results"]
        if "error" in result:
            raise HistoryError(f"the InfluxDB at {self.server.url} refused: {result['error']}")
        every = result.get("series", ())
        return [(one.get("tags", {}).get("edge", ""), values) for one in every for values in one["values"]]


def _where(tags: Sequence[str], span: Span) -> Iterator[str]:
    for begin in range(0, len(tags), _AT_ONCE):
        some = "|".join(tags[begin : begin + _AT_ONCE])
        yield f"edge =~ /^({some})$/ AND time >= {span.begin}ms AND time < {span.end}ms"


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
