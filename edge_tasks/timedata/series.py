"""The values of one channel over time. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.timedata.points import Values, Whole

Number: TypeAlias = "int | float | None"
"""A value as an answer has it; None where there is none."""


class Series(NamedTuple):
    """The points of a channel.

    Attributes:
        times: epoch ms, ascending, each once.
        values: the value at each time.
    """

    times: Whole
    values: Values

    def between(self, begin: int, end: int) -> Series:
        """The points from ``begin`` until just before ``end``, both epoch ms."""
        first, last = self.times.searchsorted(begin), self.times.searchsorted(end)
        return Series(self.times[first:last], self.values[first:last])

    def __bool__(self) -> bool:
        """Whether it has any point."""
        return len(self.times) > 0


EMPTY = Series(np.empty(0, np.int64), np.empty(0, np.int64))
"""A channel without any point."""

SeriesOf: TypeAlias = "Mapping[str, Series]"
"""The series of some channels, by their addresses. A channel that is missing has no point."""


def number(value: float) -> int | float:
    """A value as JSON has it: an integer wherever it is a whole one."""
    found = float(value)
    return int(value) if found.is_integer() else found
