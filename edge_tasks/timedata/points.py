"""What is known of an edge at some moments: the values of its channels, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    Whole: TypeAlias = NDArray[np.int64]
    Times: TypeAlias = Whole
    Values: TypeAlias = Whole | NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """Points of one edge.

    Attributes:
        edge: its name, e.g. ``edge3``.
        times: epoch ms, ascending, each once.
        channels: the values of each channel at these moments, by its address (``meter1/ActivePower``).
    """

    edge: str
    times: Times
    channels: Mapping[str, Values]

    @property
    def values(self) -> int:
        """How many values these are."""
        return len(self.times) * len(self.channels)
