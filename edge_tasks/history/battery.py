"""Batteries that follow at once: the powers that they give while the balance asks for others.

It is what :class:`~edge_tasks.light.engine.simulation.Simulation` does without a filter, to the watt and the
millisecond. A battery decides at each turn. If it becomes full or empty in between, that is a turn, too. Of the
state machines that limit it, only the charge is known at which discharging ends: no five minutes, no charging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge_tasks.light.engine.plant import Battery
    from edge_tasks.timedata.points import Whole

_FIRST_LOOK: Final = 64
_LONGEST_LOOK: Final = 8192
_FAR: Final = 1 << 62


@dataclass(frozen=True)
class Followed:
    """What batteries did.

    Attributes:
        turns: epoch ms of all turns, those of full and empty batteries included.
        of: for each of them the number of the turn from which it follows.
        powers: W of each battery from each turn on.
        charges: W*ms in each battery at the last of the turns that were given.
    """

    turns: Whole
    of: Whole
    powers: Sequence[Whole]
    charges: Sequence[int]


def follow(batteries: Sequence[Battery], turns: Whole, end: int, rest: Whole, charges: Sequence[int]) -> Followed:
    """Let batteries give what is asked of them.

    Args:
        batteries: in the order in which they are asked.
        turns: epoch ms, the first included.
        end: epoch ms, until which the last turn's powers are asked for.
        rest: W that the grid would have to give without batteries, from each turn on.
        charges: W*ms in each battery at the first turn.
    """
    if not batteries:
        return Followed(turns, np.arange(len(turns)), [], [])
    if len(batteries) > 1 or batteries[0].target is None:
        return _one_after_the_other(batteries, turns, end, rest, charges)
    (battery,), spans = batteries, np.diff(turns, append=end)
    power = np.clip(rest - batteries[0].target, -battery.limit, battery.limit)
    held = _bounded(battery, power, spans, charges[0])
    last = charges[0] - int((power[:-1] * held[:-1]).sum())
    split = held < spans
    of = np.repeat(np.arange(len(turns)), 1 + split)
    second = np.flatnonzero(of[1:] == of[:-1]) + 1
    moments, powers = turns[of], power[of]
    moments[second] += held[split]
    powers[second] = 0
    return Followed(moments, of, [powers], [last])


def _bounded(battery: Battery, power: Whole, spans: Whole, charge: int) -> Whole:
    """Set powers to 0 where a battery is full or empty; for how many ms of each span the others hold."""
    limit, full, floor = battery.limit, battery.full, battery.floor
    held: Whole = spans.copy()
    count = len(power)
    path = np.concatenate([[0], np.cumsum(-power * spans)])
    above = np.where(power < 0, np.maximum(path[:-1] + limit, path[1:]), -_FAR)
    below = np.where(power > 0, np.minimum(path[:-1] - limit, path[1:]), _FAR)
    given, taken = _next(power > 0), _next(power < 0)
    place, before = 0, charge  # what the path does not have: charge at its begin, and what did not fit
    while (found := _first(above, full - before, below, floor - before, place)) < count:
        asked, now = int(power[found]), before + int(path[found])
        room = full - now if asked < 0 else now - floor
        place = int((taken if asked > 0 else given)[found])
        if room >= limit:  # it becomes full or empty within this span
            held[found] = room // abs(asked)
            now -= asked * int(held[found])
            found += 1
        power[found:place] = 0
        before = now - int(path[place])
    return held


def _first(above: Whole, most: int, below: Whole, least: int, place: int) -> int:
    """From a place on, the first where ``above`` exceeds ``most`` or ``below`` falls short of ``least``."""
    length = _FIRST_LOOK
    while place < len(above):
        part = slice(place, place + length)
        found = (above[part] > most) | (below[part] < least)
        first = int(found.argmax())
        if found[first]:
            return place + first
        place += length
        length = min(2 * length, _LONGEST_LOOK)
    return len(above)


def _next(wanted: NDArray[np.bool_]) -> Whole:
    """For each place the next one, itself included, that is wanted; the end if there is none."""
    count = len(wanted)
    places: Whole = np.where(wanted, np.arange(count), count)
    return cast("Whole", np.minimum.accumulate(places[::-1])[::-1])


def _one_after_the_other(
    batteries: Sequence[Battery], turns: Whole, end: int, rest: Whole, charges: Sequence[int]
) -> Followed:
    """The same for any number of batteries, turn by turn."""
    stored, kept = list(charges), list(charges)
    moments, of, powers = [], [], []
    for place, (asked, begin, until) in enumerate(zip(rest.tolist(), *_pairs(turns, end), strict=True)):
        kept, moment = list(stored), begin
        while True:
            given, turn = _decided(batteries, stored, asked, moment, until)
            moments.append(moment)
            of.append(place)
            powers.append(given)
            stored = [charge - power * (turn - moment) for charge, power in zip(stored, given, strict=True)]
            moment = turn
            if moment >= until:
                break
    each = np.array(powers, np.int64).T
    return Followed(np.array(moments, np.int64), np.array(of, np.int64), list(each), kept)


def _pairs(turns: Whole, end: int) -> tuple[list[int], list[int]]:
    own: list[int] = turns.tolist()
    return own, [*own[1:], end]


def _decided(
    batteries: Sequence[Battery], charges: Sequence[int], asked: int, now: int, until: int
) -> tuple[list[int], int]:
    """The powers of all batteries, and until when they hold at most."""
    given = []
    for battery, charge in zip(batteries, charges, strict=True):
        power = 0
        if battery.target is not None:
            low = -battery.limit if battery.full - charge >= battery.limit else 0
            high = battery.limit if charge - battery.floor >= battery.limit else 0
            power = max(low, min(high, asked - battery.target))
        if power:
            room = battery.full - charge if power < 0 else charge - battery.floor
            until = min(until, now + room // abs(power))
        asked -= power
        given.append(power)
    return given, until
