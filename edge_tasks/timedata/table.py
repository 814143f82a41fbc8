"""An answer that has many moments. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.timedata.series import Number


@dataclass(frozen=True)
class Table:
    """A column for each channel, and a row for each moment.

    Attributes:
        times: epoch ms, ascending, in whole seconds.
        columns: the values of each channel at these moments, by its address.
    """

    times: Sequence[int]
    columns: Mapping[str, Sequence[Number]]

    def result(self) -> dict[str, object]:
        """What a backend answers: texts of the moments in UTC, and the columns."""
        data = {channel: list(self.columns[channel]) for channel in self.columns} if self.times else {}
        return {"timestamps": [_text(time) for time in self.times], "data": data}


def _text(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
