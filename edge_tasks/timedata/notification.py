"""Points as an edge sends them: JSON-RPC notifications of OpenEMS, each with the values of some moments. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.timedata.points import Points

MOMENTS: Final = 96
"""How many are in a message: a day of quarter hours, some 200 kB with the platform's template."""


def texts(points: Points) -> Iterator[tuple[str, int]]:
    """The notifications, each with the number of its moments."""
    for begin in range(0, len(points.times), MOMENTS):
        part = slice(begin, begin + MOMENTS)
        times = points.times[part].tolist()
        columns = [values[part].tolist() for values in points.channels.values()]
        rows = (dict(zip(points.channels, row, strict=True)) for row in zip(*columns, strict=True))
        params = dict(zip(map(str, times), rows, strict=True))
        yield json.dumps({"jsonrpc": "2.0", "method": "timestampedData", "params": params}), len(times)
