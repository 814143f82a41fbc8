"""Points as InfluxDB's line protocol: a line for each moment, with all channels as its fields.

A channel that keeps one value is part of the line's format. The others are formatted by Python's ``%``, which
makes more than ten million numbers a second.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from edge_tasks.timedata.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.timedata.points import Points

LINES: Final = 960
"""How many lines are written at once: ten days of quarter hours, some 2 MB with the platform's template."""


def texts(points: Points, measurement: str) -> Iterator[bytes]:
    """The lines of points, in pieces that a server takes at once."""
    for begin in range(0, len(points.times), LINES):
        yield _text(points, measurement, slice(begin, begin + LINES))


def tag_of(edge: str) -> str:
    """The tag of an edge.

    Raises:
        HistoryError: its name has no number at the end, so that OpenEMS does not store it either.
    """
    found = re.search(r"[0-9]+$", edge)
    if found is None:
        raise HistoryError(f"{edge} has no number at the end of its name", hint="such an edge has no history")
    return str(int(found[0]))


def _text(points: Points, measurement: str, part: slice) -> bytes:
    """Some of the lines."""
    fields: list[str] = []
    columns: list[Sequence[float]] = []
    lists: dict[int, list[float]] = {}
    for name, values in points.channels.items():
        some = values[part]
        kind = "i" if values.dtype.kind == "i" else ""
        if some.min() == some.max():
            fields.append(f"{_escaped(name)}={some[0].item()!r}{kind}")
            continue
        if id(values) not in lists:  # several channels often show the same array
            lists[id(values)] = some.tolist()
        fields.append(f"{_escaped(name)}=%{'di' if kind else 'a'}")
        columns.append(lists[id(values)])
    line = f"{_escaped(measurement)},edge={tag_of(points.edge)} {','.join(fields)} %d\n".encode()
    return b"".join(map(line.__mod__, zip(*columns, points.times[part].tolist(), strict=True)))


def _escaped(name: str) -> str:
    """A name as line protocol has it, and ``%`` formats leave it."""
    return re.sub(r"([,= ])", r"\\\1", name).replace("%", "%%")
