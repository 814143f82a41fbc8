"""The channels of a light edge at many moments of its life, as it would have sent them.

What they show is said by the devices themselves: each figure is asked for arrays in place of numbers. One that
cannot do with arrays, because it compares, is asked for one moment after the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from edge_tasks.light.engine.plant import SUMS, WMS_PER_WH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.history.stretch import Stretch
    from edge_tasks.light.engine.channels import Channels, Nullable, Powers
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.timedata.points import Whole

_MEASURED: Final = re.compile(r".*/(?!_Property)\w*(Power|Energy|Soc|Capacity|Voltage)(L[123])?")
"""The channels of power, energy and charge; of those that do not change, too."""


def values(stretch: Stretch, channels: Channels, moments: Whole) -> dict[str, Whole]:
    """The channels of power, energy and charge at moments of a stretch: epoch ms, ascending."""
    still = (_still(channels, len(moments)),)
    changing = (_readings, _counters, _levels)
    at = stretch.at(moments)
    return dict(
        pair for some in (*still, *(find(stretch, channels, moments, at) for find in changing)) for pair in some
    )


def watt_hours(before: int, energy: Whole) -> Whole:
    """What a counter shows in Wh: W*ms that it had counted before, and those that it has counted since then."""
    whole, rest = divmod(before, WMS_PER_WH)
    found: Whole = whole + (rest + energy) // WMS_PER_WH
    return found


def _still(channels: Channels, count: int) -> Iterator[tuple[str, Whole]]:
    for name, value in channels.constants.items():
        if isinstance(value, int) and _MEASURED.fullmatch(name):
            yield name, np.broadcast_to(np.int64(value), count)


def _readings(stretch: Stretch, channels: Channels, moments: Whole, at: Whole) -> Iterator[tuple[str, Whole]]:
    seen = _Seen(
        stretch.plant,
        [power[at] for power in stretch.powers],
        stretch.plant.socs(cast("Sequence[int]", stretch.charges(moments, at))),
        [low[at] for low in stretch.lows],
        [high[at] for high in stretch.highs],
    )
    for reading in channels.readings:
        found = seen.figure(reading.read)
        if found is not None:
            for name in reading.text.names:
                yield name, found


def _counters(stretch: Stretch, channels: Channels, moments: Whole, at: Whole) -> Iterator[tuple[str, Whole]]:
    for place, text in channels.counted:
        if place < 2 * stretch.plant.devices:
            found = watt_hours(stretch.before.energies[place], stretch.energy(place, moments, at))
            for name in text.names:
                yield name, found


def _levels(stretch: Stretch, channels: Channels, moments: Whole, at: Whole) -> Iterator[tuple[str, Whole]]:
    socs = stretch.plant.socs(cast("Sequence[int]", stretch.charges(moments, at)))
    for text, soc in zip(channels.levels, socs, strict=True):
        for name in text.names:
            yield name, np.broadcast_to(np.asarray(soc, np.int64), len(moments))


@dataclass(frozen=True)
class _Seen:
    """What figures ask a simulation for, at many moments: each number is an array.

    Attributes:
        powers: W, in the order of the plant's ids.
        charged: percent of each battery and of all.
        lows: W, of each sum.
        highs: W, of each sum.
    """

    plant: Plant
    powers: Sequence[Whole]
    charged: Sequence[Whole | int]
    lows: Sequence[Whole]
    highs: Sequence[Whole]

    def figure(self, read: Nullable) -> Whole | None:
        """What a figure shows at all moments; None if it shows a state, of which a past knows nothing."""
        count = len(self.powers[0])
        try:
            found = self.read(read)
        except (AttributeError, IndexError):
            return None
        except (TypeError, ValueError):  # it cannot do with arrays
            found = [self._one(number).read(read) for number in range(count)]
        return np.broadcast_to(np.asarray(found, np.int64), count)

    def read(self, read: Nullable) -> object:
        """What a figure shows, if it can do with what these numbers are."""
        return read(cast("Simulation", self), cast("Powers", self.powers))

    def socs(self) -> Sequence[Whole | int]:
        """The states of charge in percent of each battery and of all together."""
        return self.charged

    def power(self, key: str) -> Whole:
        """The power of a device or a sum, in W."""
        return self.powers[self.plant.place[key]]

    def lowest(self, key: str) -> Whole:
        """The lowest power of a sum so far, in W."""
        return self.lows[SUMS.index(key)]

    def highest(self, key: str) -> Whole:
        """The highest power of a sum so far, in W."""
        return self.highs[SUMS.index(key)]

    def _one(self, number: int) -> _Seen:
        """The same at one moment only."""
        charged = [one if isinstance(one, int) else one[number] for one in self.charged]
        each = ([one[number] for one in some] for some in (self.powers, self.lows, self.highs))
        powers, lows, highs = each
        return _Seen(self.plant, powers, charged, lows, highs)
