"""The filter by which OpenEMS leads a battery to its power, in some twenty steps of a second.

Its formula, constants and order of operations are those of OpenEMS Edge 2024.7.0, so that the powers are the
recorded ones to the watt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from edge_tasks.openems.components import CYCLE_MS

STEP: Final = CYCLE_MS
"""The time between two steps, in ms."""

_ERROR_SUM: Final = 10
"""The sum of errors is kept within this many times the larger limit."""


@dataclass(frozen=True)
class Gains:
    """Proportional, integral and derivative gain."""

    p: float
    i: float
    d: float


DEFAULT: Final = Gains(0.3, 0.3, 0.1)


class Pid:
    """One battery's filter.

    Attributes:
        last: W, the power at the step before; None before the first.
        errors: W, summed up over the steps.
    """

    __slots__ = ("errors", "last")

    def __init__(self, last: int | None = None, errors: int = 0) -> None:
        self.last = last
        self.errors = errors

    def step(self, gains: Gains, power: int, target: int, limits: tuple[int, int]) -> int:
        """The next power in W. At the first step the battery keeps its power, as on an edge that has just begun.

        Args:
            gains: of the filter.
            power: W now.
            target: W, within the limits.
            limits: W, lowest and highest.
        """
        low, high = limits
        error = target - power
        if not error:
            return target
        if self.last is None:
            self.last = power
            return max(low, min(high, power))
        output = gains.p * error + gains.i * self.errors - gains.d * (power - self.last)
        self.last = power
        most = _ERROR_SUM * max(abs(low), abs(high))
        self.errors = max(-most, min(most, self.errors + error))
        return max(low, min(high, math.floor(output + 0.5)))
