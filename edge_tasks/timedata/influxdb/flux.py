"""Questions to InfluxDB 2, in Flux."""

from __future__ import annotations

import csv
import json
import shlex
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from edge_tasks.timedata.influxdb.backend_figures import PATTERN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from edge_tasks.timedata.influxdb.server import Server
    from edge_tasks.timedata.span import Span

_NANOSECONDS: Final = 1_000_000


@dataclass(frozen=True)
class Flux:
    """The measurement of a bucket. Edges are named by their tags."""

    server: Server
    measurement: str

    def occupied(self, tags: Collection[str], span: Span) -> set[str]:
        """Which of the tags have any point of an edge in a span."""
        pattern = PATTERN.replace("/", r"\/")
        found = self._rows(span, f" and r._field !~ /{pattern}/", 'first() |> keep(columns: ["edge"])')
        return {row["edge"] for row in found} & set(tags)

    def count(self, tags: Collection[str], span: Span, channel: str) -> dict[str, int]:
        """How many points of each tag in a span have a channel."""
        found = self._rows(span, f" and r._field == {json.dumps(channel)}", "count()")
        wanted = set(tags)
        return {row["edge"]: int(row["_value"]) for row in found if row["edge"] in wanted}

    def delete(self, tags: Collection[str], span: Span) -> None:
        """Remove all points in a span. Deletion knows no "or" and includes the end, so each is one request."""
        for request in self._deletions(tags, span):
            self.server.post("/api/v2/delete", self._place, json.dumps(request).encode(), "application/json")

    def removal(self, tags: Collection[str], span: Span) -> list[str]:
        """The commands that do the same."""
        options = ({**self._place, **request} for request in self._deletions(tags, span))
        return [
            shlex.join(("influx", "delete", *(f"--{name}={text}" for name, text in one.items())))
            for one in options
        ]

    def _deletions(self, tags: Collection[str], span: Span) -> Iterator[Mapping[str, str]]:
        for tag in tags:
            yield {
                "start": _rfc3339(span.begin),
                "stop": _rfc3339(span.end - 1),
                "predicate": f'_measurement={json.dumps(self.measurement)} AND edge="{tag}"',
            }

    @property
    def _place(self) -> dict[str, str]:
        return {"org": self.server.org, "bucket": self.server.bucket}

    def _rows(self, span: Span, condition: str, last: str) -> Iterator[Mapping[str, str]]:
        """The rows of an answer, which is CSV: one table after the other, each with its header."""
        query = (
            f"from(bucket: {json.dumps(self.server.bucket)})"
            f" |> range(start: {_rfc3339(span.begin)}, stop: {_rfc3339(span.end)})"
            f" |> filter(fn: (r) => r._measurement == {json.dumps(self.measurement)}{condition})"
            f' |> group(columns: ["edge"]) |> {last}'
        )
        body = {"query": query, "type": "flux", "dialect": {"header": True, "annotations": []}}
        place = {"org": self.server.org}
        said = self.server.post("/api/v2/query", place, json.dumps(body).encode(), "application/json")
        for table in said.decode().replace("\r\n", "\n").split("\n\n"):
            yield from csv.DictReader(table.splitlines())


def _rfc3339(moment: int) -> str:
    seconds, rest = divmod(moment, 1000)
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%S}.{rest:03}Z"
