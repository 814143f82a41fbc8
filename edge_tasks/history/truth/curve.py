"""A meter's powers as docs/reference/profiles.md describes them, for many steps at once.

It shares nothing with :mod:`edge_tasks.openems.load_curve`, which light edges and pasts use. If one of them is
wrong, the other has another number.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from edge_tasks.history.truth.levels import offset_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.history.truth.levels import Levels
    from edge_tasks.timedata.points import Whole

_ONE: Final = 65_536
_PART: Final = 24
"""Bits of the lower part of a product's first factor; both products then fit into 63 bits."""
_UNIT: Final = 58
"""Bits of 1 W: 1024 times three shares of 65536."""
_FITS: Final = 1 << 53


class Curve:
    """The steps of one meter.

    Args:
        content: the profile, as its file has it.
        kind: ``production`` or ``consumption``.
        value: W, the first of the meter's datasource.
        key: ``SEED/EDGE/METER``.
        levels: of the same content and kind, which all meters share.

    Attributes:
        step: ms for which a power holds.
        ahead: ms by which the meter's own time is ahead of UTC.
    """

    def __init__(self, content: Mapping[str, object], kind: str, value: int, key: str, levels: Levels) -> None:
        section = cast("Mapping[str, object]", content[kind])
        self.step = 1000 * cast("int", content.get("step_s", 300))
        own, edge = _hash(key), _hash(key[: key.rindex("/")])
        low, high = _shares(section, "scale", (1, 1))
        scale = low + (high - low) * int.from_bytes(own[8:10], "big") // _ONE
        most = cast("int", section.get("shift_min", 0)) * 60_000 // self.step
        shift = int.from_bytes(own[12:16], "big") % (2 * most + 1) - most
        within = 0 if _is_aligned(content) else int.from_bytes(edge[8:12], "big") % self.step
        self.ahead = offset_of(content) * 1000 + shift * self.step + within
        (self._noise,) = _shares(section, "noise", (0,))
        self._clouds = _shares(section, "clouds", (0, 0))
        self._own, self._edge = int.from_bytes(own[:7], "big"), int.from_bytes(edge[:7], "big")
        size = 1024 if "series" in section and "unit" not in section else value
        self._power = size * 1024 * scale // _ONE
        self._levels = levels

    def powers(self, steps: Whole) -> Whole:
        """W in steps, ascending, counted from 1970 in the meter's own time."""
        count = self._levels.steps
        level, highest = self._levels.at(steps)
        level = self._power * (level if self._power * highest < _FITS else level.astype(object))
        share = self._noises(steps) * (self._sky(steps // count) if self._clouds[1] else _ONE)
        high, low = level >> _PART, level & (1 << _PART) - 1
        found: Whole = high * share + (low * share + (1 << _UNIT - 1) >> _PART) >> _UNIT - _PART
        return found.astype(np.int64, copy=False)

    def _noises(self, steps: Whole) -> Whole | int:
        if not self._noise:
            return _ONE
        return _ONE + (self._noise * (_lots(self._own + steps) - 32_768) >> 15)

    def _sky(self, days: Whole) -> Whole:
        low, high = self._clouds
        each = np.arange(days[0], days[-1] + 1)
        return cast("Whole", (_ONE - low - ((high - low) * _lots(self._edge + each) >> 16))[days - days[0]])


def _is_aligned(content: Mapping[str, object]) -> bool:
    sections = (content.get("consumption"), content.get("production"))
    has_readings = any(isinstance(section, dict) and "series" in section for section in sections)
    return bool(content.get("aligned", has_readings))


def _lots(numbers: Whole) -> Whole:
    """The highest 16 bits of SplitMix64 of each number."""
    bits = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return cast("Whole", (bits >> np.uint64(48)).astype(np.int64))


def _shares(section: Mapping[str, object], key: str, default: Sequence[float]) -> tuple[int, ...]:
    found = section.get(key, default)
    each = cast("Sequence[float]", found if isinstance(found, (list, tuple)) else (found,))
    return tuple(round(share * _ONE) for share in each)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
