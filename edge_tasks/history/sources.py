"""The powers of meters at many moments at once.

For the sources that light edges have, this is their own arithmetic with arrays in place of numbers. A source of
another kind is asked for one moment after the other. Both give the same powers; a property test compares them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np

from edge_tasks.openems import load_curve
from edge_tasks.openems.sources import NEVER, Constant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.openems.load_curve_days import Days
    from edge_tasks.openems.sources import Source
    from edge_tasks.timedata.points import Whole

_ONE: Final = 1 << 16
_HALF: Final = 1 << 57
_UNIT: Final = 58
_LOW: Final = 20
"""A product of four factors has more than 64 bits, so the lowest bits of a half are multiplied for themselves."""
_FITS: Final = 1 << 48


def turns(sources: Iterable[Source], begin: int, end: int) -> Whole:
    """The moment ``begin``, and all later ones until ``end``, included, at which a power may change; epoch ms."""
    found: Whole = np.empty(0, np.int64)
    for source in sources:
        own = _turns(source, begin, end)
        if not len(found):
            found = own
        elif len(own) and not np.array_equal(own, found):  # most meters of an edge turn together
            found = np.union1d(found, own)
    return np.concatenate([[begin], found])


def step(source: Source, moment: int) -> int:
    """The ms between two moments at which a power may change, as it is about a moment."""
    first = source.until(moment)
    return NEVER if first >= NEVER else source.until(first) - first


def powers(source: Source, moments: Whole) -> Whole:
    """The powers of a source in W at epoch ms."""
    if isinstance(source, Constant):
        return np.full(len(moments), source.at(0), np.int64)
    if isinstance(source, load_curve.Source) and len(moments):
        return _curve(source, moments)
    return np.fromiter(map(source.at, moments.tolist()), np.int64, len(moments))


def _turns(source: Source, begin: int, end: int) -> Whole:
    moment = source.until(begin)
    if isinstance(source, load_curve.Source):
        step = source._shape.step  # noqa: SLF001 - this module is its arithmetic, too
        return np.arange(moment, max(moment, end + 1), step, dtype=np.int64)
    moments = []
    while moment <= end:
        moments.append(moment)
        moment = source.until(moment)
    return np.array(moments, np.int64)


def _curve(source: load_curve.Source, moments: Whole) -> Whole:
    """:meth:`.load_curve.Source.at` of each moment."""
    shape, power, shift = source._shape, source._power, source._shift  # noqa: SLF001 - as above
    seed, weather = source._seed, source._weather  # noqa: SLF001 - as above
    index = (moments + shift) // shape.step
    day, place = np.divmod(index, shape.steps)
    table, row = _levels(shape.days, day)
    if power * shape.levels[1] >= _FITS:
        table = table.astype(object)
    level = (table * power)[row, place]
    share = _clear(shape.clouds, weather, day) * (_ONE + _noise(shape.noise, seed + index))
    low = ((level & (1 << _LOW) - 1) * share + _HALF) >> _LOW
    found: Whole = (((level >> _LOW) * share + low) >> (_UNIT - _LOW)).astype(np.int64)
    return found


def _levels(days: Days, day: Whole) -> tuple[Whole, Whole]:
    """The levels of days that are ascending, and the row that each has among them; days may share one."""
    first = np.concatenate([[True], day[1:] != day[:-1]])
    each = [days.levels(one) for one in day[first].tolist()]
    rows = {id(one): (place, one) for place, one in enumerate({id(one): one for one in each}.values())}
    table = np.stack([np.frombuffer(one, np.uint64) for _, one in rows.values()]).astype(np.int64)
    return table, np.array([rows[id(one)][0] for one in each])[np.cumsum(first) - 1]


def _noise(noise: int, numbers: Whole) -> Whole | int:
    return noise * (_mixed(numbers) - (_ONE >> 1)) >> 15 if noise else 0


def _clear(clouds: tuple[int, int], weather: int, days: Whole) -> Whole | int:
    """What the clouds of each day, ascending, let through."""
    low, width = clouds
    if not (low or width):
        return _ONE
    first = int(days[0])
    each = np.arange(first, int(days[-1]) + 1)
    clear = _ONE - (low + (width * _mixed(weather + each) >> 16))
    return cast("Whole", clear[days - first])


def _mixed(numbers: Whole) -> Whole:
    """The numbers of 16 bits that :mod:`.load_curve` draws for these."""
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return cast("Whole", (mixed >> np.uint64(48)).astype(np.int64))
