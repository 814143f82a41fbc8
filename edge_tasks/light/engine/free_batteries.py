"""What batteries do that nothing gives a power, as OpenEMS' solver decides it.

It first makes strict what is open: all batteries together come as near to 0 W as they can, and each that can has
its part of that (``AddConstraintsForNotStrictlyDefinedCoefficients.java`` of 2024.7.0). So a battery that nothing
leads takes what others give. Then it tries to have as few of them work as possible. If the others would have to
work all the same, it gives up, and all stand still (``KeepTargetDirectionAndMaximizeInOrder.java``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from edge_tasks.light.engine.control import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Range: TypeAlias = tuple[int, int]
Fixed: TypeAlias = "Mapping[int, int]"
"""The powers in W that are decided, by the battery's number."""


@dataclass(frozen=True)
class Led:
    """Batteries that are led together.

    Attributes:
        together: W that they may have together, lowest and highest; the same twice if a power is asked for.
        each: W that each of them may have.
    """

    together: Range
    each: Sequence[Range]

    def times(self, factor: int) -> Led:
        """The same with all W multiplied."""
        (low, high), each = self.together, self.each
        return Led((low * factor, high * factor), [(least * factor, most * factor) for least, most in each])


def settled(led: Sequence[Led]) -> list[int]:
    """The powers in W of what is led, in its order, which is that of the batteries' ids."""
    count = sum(len(one.each) for one in led)
    return [power // count for power in _solved([one.times(count) for one in led], count)]


def _solved(led: Sequence[Led], count: int) -> list[int]:
    """The powers, where the part that each battery may have of a sum is a whole number."""
    everything = _left(led, {})
    if everything is None:
        return [0] * len(led)
    total = within(0, *everything)
    order = range(count) if everything[0] > 0 else range(count - 1, -1, -1)
    fixed: dict[int, int] = dict(_strict(led, total, count))
    for number in _not_needed(led, order):
        if fixed.setdefault(number, 0) != 0:
            return [0] * len(led)
    if not _is_possible(led, fixed, total):
        return [0] * len(led)
    for number in range(count):
        if number not in fixed and _is_possible(led, {**fixed, number: 0}, total):
            fixed[number] = 0
    return _filled(_ranges(led, fixed), total)


def _strict(led: Sequence[Led], total: int, count: int) -> Fixed:
    """The batteries that have their part of the sum: all but the first ones, with which there is no solution."""
    parts: dict[int, int] = dict.fromkeys(range(count), total // count)
    for number in range(count):
        if _is_possible(led, parts, total):
            break
        del parts[number]
    return parts


def _not_needed(led: Sequence[Led], order: Sequence[int]) -> Iterable[int]:
    """The last batteries in an order, as many as possible, without which what is asked for can be done."""
    for used in range(1, len(order)):
        if _left(led, dict.fromkeys(order[used:], 0)) is not None:
            return order[used:]
    return ()


def _is_possible(led: Sequence[Led], fixed: Fixed, total: int) -> bool:
    left = _left(led, fixed)
    return left is not None and left[0] <= total <= left[1]


def _left(led: Sequence[Led], fixed: Fixed) -> Range | None:
    """The W that all may have together; None if what is decided cannot be."""
    ranges = _ranges(led, fixed)
    if any(low > high for low, high in ranges):
        return None
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)


def _ranges(led: Sequence[Led], fixed: Fixed) -> list[Range]:
    """The W that each of what is led may have; the lowest is above the highest if what is decided cannot be."""
    found, number = [], 0
    for one in led:
        parts: list[Range] = []
        for least, most in one.each:
            own = fixed.get(number)
            if own is not None and not least <= own <= most:
                return [(1, 0)]
            parts.append((least, most) if own is None else (own, own))
            number += 1
        low, high = sum(least for least, _ in parts), sum(most for _, most in parts)
        found.append((max(low, one.together[0]), min(high, one.together[1])))
    return found


def _filled(ranges: Sequence[Range], total: int) -> list[int]:
    """Powers within ranges, each as near to 0 W as the sum allows."""
    found = [within(0, low, high) for low, high in ranges]
    for number, (low, high) in enumerate(ranges):
        found[number] = within(found[number] + total - sum(found), low, high)
    return found
