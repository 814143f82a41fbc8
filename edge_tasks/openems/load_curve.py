"""Load shapes: a meter's power over the day instead of its datasource's constant. Pure, and whole numbers only.

The power holds for a step. It is ``value * scale * level * (1 + noise) * (1 - clouds)``, in W, where

- ``level`` is the profile's curve at that moment: its mean over a (working) day is 1 for consumption, its highest
  value is 1 for production; all meters of a profile share it;
- ``scale`` and a shift in time are a meter's own, ``noise`` is that of a meter and step;
- ``clouds`` and the moment within a step at which its meters change are an edge's own, the former for each day.

All of these come from hashing the meter's key: the same key gives the same power on every machine and run. The
arithmetic is in docs/reference/profiles.md, so that energies can be computed again and checked.
"""

from __future__ import annotations

import hashlib
import math
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.openems import load_curve_content
from edge_tasks.openems.load_curve_content import DAY_S, Kind, ProfileError
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.openems.load_curve_content import Content, Knots, Section

__all__ = ["NEVER", "Kind", "Profile", "ProfileError", "Source"]

_ONE: Final = 1 << 16
"""1 as a share: levels, noise and clouds are whole numbers of 1/65536."""
_POWER: Final = 1 << 10
"""1 W in a source's own power."""
_UNIT: Final = 10 + 3 * 16
"""Bits of 1 W in the product of power, level, noise and sky."""
_HALF: Final = 1 << (_UNIT - 1)
_MASK: Final = (1 << 64) - 1
_MONDAY: Final = 3
"""1970-01-01 was a Thursday."""
_SATURDAY: Final = 5
_SMALLEST: Final = 1e-6
"""The smallest unit of a curve. With a smaller one, the levels of a weekend might not fit into their array."""


@dataclass(frozen=True)
class _Shape:
    """What all meters of one kind share.

    Attributes:
        step: ms.
        steps: of a day.
        offset: ms, of the profile's clock.
        week: the levels of each weekday, Monday first, in 1/65536.
        scale: lowest and highest, in 1/65536.
        shift: steps, earlier or later.
        noise: in 1/65536.
        clouds: lowest and width, in 1/65536.
    """

    step: int
    steps: int
    offset: int
    week: tuple[array[int], ...]
    scale: tuple[int, int]
    shift: int
    noise: int
    clouds: tuple[int, int]


class Source:
    """One meter's power; some 200 bytes, the shape is shared."""

    __slots__ = ("_power", "_seed", "_shape", "_shift", "_weather")

    def __init__(self, shape: _Shape, value: int, key: str) -> None:
        own = hashlib.sha256(key.encode()).digest()
        edge = hashlib.sha256(key.rpartition("/")[0].encode()).digest()
        low, high = shape.scale
        self._shape = shape
        self._seed = int.from_bytes(own[:7], "big")
        self._weather = int.from_bytes(edge[:7], "big")
        self._power = value * _POWER * (low + ((high - low) * _two(own, 8) >> 16)) // _ONE
        shift = _four(own, 12) % (2 * shape.shift + 1) - shape.shift
        self._shift = shape.offset + shift * shape.step + _four(edge, 8) % shape.step

    def at(self, now: int) -> int:
        """The power in W at a moment (ms since 1970); never negative."""
        shape = self._shape
        index = (now + self._shift) // shape.step
        day, place = divmod(index, shape.steps)
        level = shape.week[(day + _MONDAY) % 7][place]
        if not level:
            return 0
        noise = sky = _ONE
        if shape.noise:
            noise += shape.noise * (_mixed(self._seed + index) - (_ONE >> 1)) >> 15
        low, width = shape.clouds
        if low or width:
            sky -= low + (width * _mixed(self._weather + day) >> 16)
        return (self._power * level * noise * sky + _HALF) >> _UNIT

    def until(self, now: int) -> int:
        """The next moment after ``now`` at which the power may change."""
        if not self._power:
            return NEVER
        step = self._shape.step
        return now + step - (now + self._shift) % step


@dataclass(frozen=True)
class Profile:
    """A load shape, ready to give each meter its power."""

    _shapes: Mapping[Kind, _Shape]

    @classmethod
    def of(cls, content: object) -> Profile:
        """The load shape that a content describes; see :mod:`.load_curve_content`.

        Raises:
            ProfileError: it is something else; which key, and what is allowed.
        """
        found = load_curve_content.read(content)
        return cls({kind: _shape(found, kind, section) for kind, section in found.sections.items()})

    def source(self, kind: Kind, value: int, key: str) -> Source | None:
        """A meter's power.

        Args:
            kind: of the meter.
            value: its datasource's constant, W: the mean of a working day of consumption, the peak of production.
            key: ``SEED/EDGE/METER``; what stands before the last slash is the edge's.

        Returns:
            None if the constant stays, because the profile does not describe this kind or the value is negative.
        """
        shape = self._shapes.get(kind)
        return None if shape is None or value < 0 else Source(shape, value, key)

    def bounds(self, kind: Kind, value: int) -> tuple[int, int] | None:
        """The lowest and the highest W that a source of any key can have; None if there is no source."""
        shape = self._shapes.get(kind)
        if shape is None or value < 0:
            return None
        low, width = shape.clouds
        least = min(map(min, shape.week)) * (_ONE - shape.noise) * (_ONE - low - width)
        most = max(map(max, shape.week)) * (_ONE + shape.noise) * (_ONE - low)
        return (
            max(0, (value * shape.scale[0] // _ONE * least >> 48) - 1),
            (-(-value * shape.scale[1] // _ONE) * most >> 48) + 1,
        )


def _shape(content: Content, kind: Kind, section: Section) -> _Shape:
    steps = DAY_S // content.step_s
    if section.sun:
        day = [_height(second, *section.sun) for second in range(0, DAY_S, content.step_s)]
    else:
        day = _sampled(section.day, content.step_s)
    one = max(day) if kind == "production" else math.fsum(day) / steps
    if one < _SMALLEST:
        raise ProfileError(
            f"{kind} has no value at any step of {content.step_s} s", "a curve with values above 0"
        )
    working = weekend = _levels(day, one)
    if section.weekend:
        weekend = _levels(_sampled(section.weekend, content.step_s), one)
    low, high = _share(section.clouds[0]), _share(section.clouds[1])
    return _Shape(
        step=content.step_s * 1000,
        steps=steps,
        offset=content.utc_offset_s * 1000,
        week=(*[working] * _SATURDAY, weekend, weekend),
        scale=(_share(section.scale[0]), _share(section.scale[1])),
        shift=section.shift_s // content.step_s,
        noise=_share(section.noise),
        clouds=(low, high - low),
    )


def _levels(curve: list[float], one: float) -> array[int]:
    return array("Q", [round(level / one * _ONE) for level in curve])


def _sampled(knots: Knots, step_s: int) -> list[float]:
    """The curve at the beginning of each step, on straight lines between its points."""
    first, last = knots[0], knots[-1]
    around = ((last[0] - DAY_S, last[1]), *knots, (first[0] + DAY_S, first[1]))
    levels = []
    place = 0
    for second in range(0, DAY_S, step_s):
        while around[place + 1][0] <= second:
            place += 1
        (begin, before), (end, after) = around[place], around[place + 1]
        levels.append(before + (after - before) * ((second - begin) / (end - begin)))
    return levels


def _height(second: int, sunrise: int, sunset: int) -> float:
    """The sun's power between its rise and its set: near sin^1.5, by what every machine rounds alike."""
    if not sunrise < second < sunset:
        return 0.0
    share = (second - sunrise) / (sunset - sunrise)
    arc = 4 * share * (1 - share)
    sine = 4 * arc / (5 - arc)
    return sine * math.sqrt(sine)


def _share(number: float) -> int:
    return round(number * _ONE)


def _two(digest: bytes, place: int) -> int:
    return int.from_bytes(digest[place : place + 2], "big")


def _four(digest: bytes, place: int) -> int:
    return int.from_bytes(digest[place : place + 4], "big")


def _mixed(number: int) -> int:
    """A number of 16 bits that looks random (SplitMix64's step and first mix)."""
    mixed = number * 0x9E3779B97F4A7C15 & _MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    return mixed >> 48
