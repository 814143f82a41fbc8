"""How the batteries of a cluster share a power, as OpenEMS' solver does once it has settled.

As few batteries as possible work. When they give, the fullest come first, and when they take, the emptiest. Those
that work share by their states of charge. A battery takes another's place only when it is fuller or emptier by
almost a third, so they do not change all the time. OpenEMS moves from one share to another in some twenty cycles;
here they change at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.control import within

if TYPE_CHECKING:
    from collections.abc import Sequence

_HYSTERESIS: Final = (3, 10)
"""The part of the lower state of charge by which another one must be higher."""


def shared(
    power: int, ranges: Sequence[tuple[int, int]], socs: Sequence[int], before: Sequence[int]
) -> list[int]:
    """The powers of some batteries.

    Args:
        power: W of all of them, within the sums of their ranges.
        ranges: W that each of them may have, lowest and highest.
        socs: their states of charge in percent.
        before: W that they had.
    """
    found = [within(0, low, high) for low, high in ranges]
    left = power - sum(found)
    gives = left > 0
    room = [high - own if gives else own - low for own, (low, high) in zip(found, ranges, strict=True)]
    order = _order(socs, before, gives=gives)
    chosen = _fewest(order, room, abs(left))
    for place, amount in zip(chosen, _parts(abs(left), chosen, room, _weights(socs, gives=gives)), strict=True):
        found[place] += amount if gives else -amount
    return found


def _order(socs: Sequence[int], before: Sequence[int], *, gives: bool) -> list[int]:
    """The batteries in the order in which they work; first those that work already."""
    working = [(one > 0 if gives else one < 0) for one in before]
    order = sorted(range(len(socs)), key=lambda place: working[place] != gives)
    for end in range(len(order) - 1, 0, -1):
        for place in range(end):
            first, second = socs[order[place]], socs[order[place + 1]]
            if first < second - min(first, second) * _HYSTERESIS[0] // _HYSTERESIS[1]:
                order[place], order[place + 1] = order[place + 1], order[place]
    return order if gives else order[::-1]


def _fewest(order: Sequence[int], room: Sequence[int], power: int) -> list[int]:
    chosen: list[int] = []
    for place in order:
        if power <= 0:
            break
        if room[place]:
            chosen.append(place)
            power -= room[place]
    return chosen


def _weights(socs: Sequence[int], *, gives: bool) -> list[int]:
    total = max(1, sum(socs))
    shares = [soc * 100 // total for soc in socs]
    return shares if gives else [100 - share for share in shares]


def _parts(power: int, chosen: Sequence[int], room: Sequence[int], weights: Sequence[int]) -> list[int]:
    """What each of the chosen has of a power, within its room."""
    total = max(1, sum(weights[place] for place in chosen))
    parts = [min(room[place], power * weights[place] // total) for place in chosen]
    left = power - sum(parts)
    for number, place in enumerate(chosen):
        more = min(left, room[place] - parts[number])
        parts[number] += more
        left -= more
    return parts
