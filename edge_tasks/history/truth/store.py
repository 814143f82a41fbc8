"""What a battery may give and take, by the range in which its charge is.

That depends on the charge only as far as it is below or above a few bounds, and on the state of what limits the
discharge. Both change rarely.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from edge_tasks.timedata.points import Whole

FAR: Final = 1 << 61
"""A moment or a charge that is never reached."""
_NORMAL, _KEPT, _FORCED = range(3)
_PART: Final = 5


@dataclass(frozen=True)
class Limit:
    """``Controller.Ess.LimitTotalDischarge``.

    Attributes:
        min_soc: percent, at which discharging ends.
        force_soc: percent, at which the battery is charged.
        force_power: W of that; 0 for a fifth of what it can.
    """

    min_soc: int
    force_soc: int
    force_power: int


@dataclass(frozen=True)
class Store:
    """What a battery can do.

    Attributes:
        full: W*ms of the full battery.
        limit: W, of giving and of taking.
        target: W at the grid that it is to reach; None if nothing asks it.
        discharge: what limits it; None if nothing does.
    """

    full: int
    limit: int
    target: int | None
    discharge: Limit | None = None

    @cached_property
    def ranges(self) -> Ranges:
        """What it may do in each range of its charge."""
        low_soc, high_soc = self._full_from, self._full_from
        if self.discharge is not None:
            low_soc, high_soc = (self._above(soc) for soc in (self.discharge.force_soc, self.discharge.min_soc))
        bounds = sorted({low_soc, high_soc, self._empty_below, self._full_from})
        each = [bounds[0] - 1, *bounds]
        lows = [-self.limit if charge < self._full_from else 0 for charge in each]
        highs = [
            [max(low, self._high(charge, state)) for low, charge in zip(lows, each, strict=True)]
            for state in (_NORMAL, _KEPT, _FORCED)
        ]
        return Ranges(
            np.array(bounds),
            np.array([[lows, high, [-FAR, *bounds], [*bounds, FAR]] for high in highs]).transpose(1, 0, 2).copy(),
            np.array([[_next_state(state, charge, low_soc, high_soc) for charge in each] for state in range(3)])
            if self.discharge
            else np.zeros((3, len(each)), np.int64),
        )

    @property
    def _empty_below(self) -> int:
        """W*ms below which it cannot be discharged: 0 %."""
        return self._above(0)

    @property
    def _full_from(self) -> int:
        """W*ms from which on it cannot be charged: 100 %."""
        return self._above(99)

    def _above(self, soc: int) -> int:
        """The least W*ms whose state of charge, rounded half up, is above some percent."""
        return -(-self.full * (2 * soc + 1) // 200)

    def _high(self, charge: int, state: int) -> int:
        """W that it gives at most."""
        high = self.limit if charge >= self._empty_below else 0
        if state == _NORMAL or self.discharge is None:
            return high
        if state == _KEPT:
            return min(high, 0)
        can = self.limit if charge < self._full_from else 0
        return min(high, -(self.discharge.force_power or can // _PART))


class Ranges(NamedTuple):
    """What holds for a charge, by the number of the range in which it is.

    Attributes:
        bounds: W*ms that divide them.
        rules: by state and range, W that it gives at least and at most, W*ms in which this holds, and the first
            behind them.
        state: the state that is right there, by state.
    """

    bounds: Whole
    rules: Whole
    state: Whole


def _next_state(state: int, charge: int, low_soc: int, high_soc: int) -> int:
    if charge < low_soc:
        return _FORCED
    return _KEPT if state == _FORCED or charge < high_soc else _NORMAL
