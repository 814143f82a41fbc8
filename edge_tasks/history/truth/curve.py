"""A meter's powers as docs/reference/profiles.md describes them, for many steps at once.

It shares nothing with :mod:`edge_tasks.openems.load_curve`, which light edges and pasts use. If one of them is
wrong, the other has another number.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.timedata.points import Whole

_ONE: Final = 65_536
_DAY_S: Final = 86_400
_WEEKEND: Final = (2, 3)
"""Days since 1970-01-01, a Thursday, modulo 7."""
_PART: Final = 24
"""Bits of the lower part of a product's first factor; both products then fit into 63 bits."""
_UNIT: Final = 58
"""Bits of 1 W: 1024 times three shares of 65536."""
_FITS: Final = 1 << 53
_Points = tuple[tuple[int, float], ...]


class Curve:
    """The steps of one meter.

    Args:
        content: the profile, as its file has it.
        kind: ``production`` or ``consumption``.
        value: W, the first of the meter's datasource.
        key: ``SEED/EDGE/METER``.

    Attributes:
        step: ms for which a power holds.
        ahead: ms by which the meter's own time is ahead of UTC.
    """

    def __init__(self, content: Mapping[str, object], kind: str, value: int, key: str) -> None:
        section = cast("Mapping[str, object]", content[kind])
        self.step = 1000 * cast("int", content.get("step_s", 300))
        own, edge = _hash(key), _hash(key[: key.rindex("/")])
        low, high = _shares(section, "scale", (1, 1))
        scale = low + (high - low) * int.from_bytes(own[8:10], "big") // _ONE
        most = cast("int", section.get("shift_min", 0)) * 60_000 // self.step
        shift = int.from_bytes(own[12:16], "big") % (2 * most + 1) - most
        within = int.from_bytes(edge[8:12], "big") % self.step
        self.ahead = cast("int", content.get("utc_offset_min", 0)) * 60_000 + shift * self.step + within
        (self._noise,) = _shares(section, "noise", (0,))
        self._clouds = _shares(section, "clouds", (0, 0))
        self._own, self._edge = int.from_bytes(own[:7], "big"), int.from_bytes(edge[:7], "big")
        power = value * 1024 * scale // _ONE
        levels, highest = _week(json.dumps(section), kind, self.step // 1000)
        self._week: Whole = power * (levels if power * highest < _FITS else levels.astype(object))

    def powers(self, steps: Whole) -> Whole:
        """W in steps, ascending, counted from 1970 in the meter's own time."""
        count = self._week.shape[1]
        level = self._week.ravel()[steps % (7 * count)]
        share = self._noises(steps) * (self._sky(steps // count) if self._clouds[1] else _ONE)
        high, low = level >> _PART, level & (1 << _PART) - 1
        found: Whole = high * share + (low * share + (1 << _UNIT - 1) >> _PART) >> _UNIT - _PART
        return found.astype(np.int64, copy=False)

    def _noises(self, steps: Whole) -> Whole | int:
        if not self._noise:
            return _ONE
        return _ONE + self._noise * (_lots(self._own + steps) - 32_768) // 32_768

    def _sky(self, days: Whole) -> Whole:
        low, high = self._clouds
        each = np.arange(days[0], days[-1] + 1)
        return cast("Whole", (_ONE - low - (high - low) * _lots(self._edge + each) // _ONE)[days - days[0]])


@lru_cache(maxsize=16)
def _week(text: str, kind: str, step_s: int) -> tuple[Whole, int]:
    """The shares in 1/65536 of the steps of seven days, and the highest one; the first day is a Thursday."""
    section: Mapping[str, object] = json.loads(text)
    sun = cast("Mapping[str, str] | None", section.get("sun"))
    curve = _sunny(_second(sun["rise"]), _second(sun["set"]), step_s) if sun else _lines(section["day"], step_s)
    unit = max(curve) if kind == "production" else math.fsum(curve) / len(curve)
    other = _lines(section["weekend"], step_s) if section.get("weekend") else curve
    days = [other if day in _WEEKEND else curve for day in range(7)]
    levels = np.array([[round(level / unit * _ONE) for level in day] for day in days])
    return levels, int(levels.max())


def _lots(numbers: Whole) -> Whole:
    """The highest 16 bits of SplitMix64 of each number."""
    bits = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return cast("Whole", (bits >> np.uint64(48)).astype(np.int64))


def _sunny(rise: int, fall: int, step_s: int) -> list[float]:
    shares = [(second - rise) / (fall - rise) for second in range(0, _DAY_S, step_s)]
    arcs = [4 * share * (1 - share) if 0 < share < 1 else 0.0 for share in shares]
    sines = [4 * arc / (5 - arc) for arc in arcs]
    return [sine * math.sqrt(sine) for sine in sines]


def _lines(curve: object, step_s: int) -> list[float]:
    """The curve at the beginning of each step of the day, straight between its points, across midnight, too."""
    points = _points(curve)
    times = [second for second, _ in points]
    levels = []
    for second in range(0, _DAY_S, step_s):
        after = bisect.bisect_right(times, second)
        (begin, low), (end, high) = points[after - 1], points[after % len(points)]
        begin -= _DAY_S if after == 0 else 0
        end += _DAY_S if after == len(points) else 0
        levels.append(low + (high - low) * ((second - begin) / (end - begin)))
    return levels


def _points(curve: object) -> _Points:
    if isinstance(curve, dict):
        return tuple(sorted((_second(time), float(level)) for time, level in curve.items()))
    levels = cast("Sequence[float]", curve)
    return tuple((_DAY_S * place // len(levels), float(level)) for place, level in enumerate(levels))


def _shares(section: Mapping[str, object], key: str, default: Sequence[float]) -> tuple[int, ...]:
    found = section.get(key, default)
    each = cast("Sequence[float]", found if isinstance(found, (list, tuple)) else (found,))
    return tuple(round(share * _ONE) for share in each)


def _second(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
