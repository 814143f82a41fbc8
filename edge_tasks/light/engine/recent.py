"""What a channel was in the last seconds, and when its average over them passes a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from edge_tasks.light.engine.state_machine import Registers


@dataclass(frozen=True)
class Recent:
    """The values of a channel that are younger than a time.

    Attributes:
        values: epoch ms since when it had which value, the oldest first; before the first it counts as the first.
        length: the time in ms; 0 for the present value only.
    """

    values: tuple[tuple[int, int], ...]
    length: int

    @classmethod
    def of(cls, registers: Registers, now: int, value: int, length: int) -> Recent:
        """The values that are kept in registers, and the present one.

        Args:
            registers: as :attr:`registers` gave them; empty in the beginning.
            now: epoch ms.
            value: the present one.
            length: the time in ms.
        """
        known = list(zip(registers[::2], registers[1::2], strict=True))
        known = [one for one in known if one[0] < now]
        if not known or known[-1][1] != value:
            known.append((now, value))
        while len(known) > 1 and known[1][0] <= now - length:
            known.pop(0)
        return cls(tuple(known), length)

    @property
    def registers(self) -> Registers:
        """The values as whole numbers."""
        return tuple(number for one in self.values for number in one)

    def above(self, now: int, threshold: int) -> tuple[bool, int]:
        """Whether the average, rounded half up, is above a threshold, and until when that holds."""
        first, last = self.values[0][1], self.values[-1][1]
        sides = {value > threshold for _, value in self.values}
        if not self.length or len(sides) == 1:
            return last > threshold, NEVER
        excess = 2 * self._sum(now) - (2 * threshold + 1) * self.length
        leaves, slope = self.values[1][0] + self.length, 2 * (last - first)
        passes = NEVER
        if excess >= 0 > slope:
            passes = now + excess // -slope + 1
        elif slope > 0 > excess:
            passes = now - excess // slope
        return excess >= 0, min(leaves, passes)

    def _sum(self, now: int) -> int:
        """The values in the time, each times its ms."""
        ends = (*(since for since, _ in self.values[1:]), now)
        begins = (now - self.length, *(since for since, _ in self.values[1:]))
        spans = zip(self.values, begins, ends, strict=True)
        return sum(value * (end - begin) for (_, value), begin, end in spans)
