"""Load shapes: a meter's power over the day instead of its datasource's constant. Pure, and whole numbers only.

The power holds for a step. It is ``value * scale * level * (1 + noise) * (1 - clouds)``, in W, where

- ``level`` is the profile's curve at that moment, in parts of its unit (see :mod:`.load_curve_days`); all meters
  of a profile share it;
- ``scale`` and a shift in time are a meter's own, ``noise`` is that of a meter and step;
- ``clouds`` and the moment within a step at which its meters change are an edge's own, the former for each day.

All of these come from hashing the meter's key: the same key gives the same power on every machine and run. The
arithmetic is in docs/reference/profiles.md, so that energies can be computed again and checked.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.openems import load_curve_content
from edge_tasks.openems.load_curve_calendar import Calendar, Dated, day_curve
from edge_tasks.openems.load_curve_days import ONE, Days, Kept, Read, Sunny, Zoned
from edge_tasks.openems.load_curve_part import DAY_S, ProfileError
from edge_tasks.openems.load_curve_terms import Kind
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.openems.load_curve_terms import Content, Section

__all__ = ["NEVER", "Kind", "Profile", "ProfileError", "Source"]

_POWER: Final = 1 << 10
"""1 W in a source's own power."""
_UNIT: Final = 10 + 3 * 16
"""Bits of 1 W in the product of power, level, noise and sky."""
_HALF: Final = 1 << (_UNIT - 1)
_MASK: Final = (1 << 64) - 1
_READ_UNIT: Final = 1024
"""W that mean 1 in readings that are W already."""
_SMALLEST: Final = 1e-6
"""The smallest unit of a curve. With a smaller one, the levels of a weekend might not fit into their array."""


@dataclass(frozen=True)
class Shape:
    """What all meters of one kind share.

    Attributes:
        step: ms.
        steps: of a day.
        offset: ms, of the profile's clock without summer time.
        is_aligned: whether steps begin at whole ones of the clock.
        days: the levels.
        levels: no level of any day is lower than the first or higher than the second.
        value: W, instead of a datasource's; None for those.
        scale: lowest and highest, in 1/65536.
        shift: steps, earlier or later.
        noise: in 1/65536.
        clouds: lowest and width, in 1/65536.
    """

    step: int
    steps: int
    offset: int
    is_aligned: bool
    days: Days
    levels: tuple[int, int]
    value: int | None
    scale: tuple[int, int]
    shift: int
    noise: int
    clouds: tuple[int, int]


class Source:
    """One meter's power; some 200 bytes, the shape is shared."""

    __slots__ = ("_power", "_seed", "_shape", "_shift", "_weather")

    def __init__(self, shape: Shape, value: int, key: str) -> None:
        own = hashlib.sha256(key.encode()).digest()
        edge = hashlib.sha256(key.rpartition("/")[0].encode()).digest()
        low, high = shape.scale
        self._shape = shape
        self._seed = int.from_bytes(own[:7], "big")
        self._weather = int.from_bytes(edge[:7], "big")
        size = value if shape.value is None else shape.value
        self._power = size * _POWER * (low + ((high - low) * _two(own, 8) >> 16)) // ONE
        shift = _four(own, 12) % (2 * shape.shift + 1) - shape.shift
        within = 0 if shape.is_aligned else _four(edge, 8) % shape.step
        self._shift = shape.offset + shift * shape.step + within

    def at(self, now: int) -> int:
        """The power in W at a moment (ms since 1970); never negative."""
        shape = self._shape
        index = (now + self._shift) // shape.step
        day, place = divmod(index, shape.steps)
        level = shape.days.levels(day)[place]
        if not level:
            return 0
        noise = sky = ONE
        if shape.noise:
            noise += shape.noise * (_mixed(self._seed + index) - (ONE >> 1)) >> 15
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

    _shapes: Mapping[Kind, Shape]

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
        lowest, highest = shape.levels
        least = lowest * (ONE - shape.noise) * (ONE - low - width)
        most = highest * (ONE + shape.noise) * (ONE - low)
        value = value if shape.value is None else shape.value
        return (
            max(0, (value * shape.scale[0] // ONE * least >> 48) - 1),
            (-(-value * shape.scale[1] // ONE) * most >> 48) + 1,
        )


def _shape(content: Content, kind: Kind, section: Section) -> Shape:
    low, high = _share(section.clouds[0]), _share(section.clouds[1])
    days = _days(content, kind, section)
    return Shape(
        step=content.step_s * 1000,
        steps=DAY_S // content.step_s,
        offset=content.clock.offset_s * 1000,
        is_aligned=content.aligned,
        days=days,
        levels=days.range(),
        value=_READ_UNIT if section.series and section.unit is None else None,
        scale=(_share(section.scale[0]), _share(section.scale[1])),
        shift=section.shift_s // content.step_s,
        noise=_share(section.noise),
        clouds=(low, high - low),
    )


def _days(content: Content, kind: Kind, section: Section) -> Days:
    step_s, offset_s = content.step_s, content.clock.offset_s
    calendar = Calendar(content, section)
    days: Days
    if section.series:
        days = Read(section.series, section.unit or _READ_UNIT, offset_s, step_s)
    elif section.panel:
        days = Sunny(section.panel, calendar, section.unit or 1.0, offset_s, step_s)
    else:
        dated = Dated(calendar, section, _unit(kind, section, step_s), step_s)
        days = dated.week() if calendar.is_week else dated
        if content.clock.zone:
            days = Zoned(Kept(days, DAY_S // step_s), content.clock, step_s)
        elif calendar.is_week:
            return days
    return Kept(days, DAY_S // step_s)


def _unit(kind: Kind, section: Section, step_s: int) -> float:
    """The level that means 1: as the profile says, or the peak of production or the mean of consumption."""
    if section.unit is not None:
        return section.unit
    day = day_curve(section, step_s)
    unit = max(day) if kind == "production" else math.fsum(day) / len(day)
    if unit < _SMALLEST:
        raise ProfileError(
            f"{kind} has no value at any step of {step_s} s", "a curve with values above 0", (kind,)
        )
    return unit


def _share(number: float) -> int:
    return round(number * ONE)


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
