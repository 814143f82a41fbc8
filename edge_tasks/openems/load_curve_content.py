"""What a profile can contain, as plain JSON: the YAML file and the fleet file have the same content. No I/O.

::

    {"step_s": 300, "utc_offset_min": 60,
     "consumption": {"day": [0.5, 0.4, ...] or {"06:30": 0.8, ...}, "weekend": likewise,
                     "scale": [0.6, 1.5], "shift_min": 60, "noise": 0.3},
     "production": {"sun": {"rise": "06:00", "set": "20:00"} or "day" and "weekend" as above,
                    "scale": ..., "shift_min": ..., "noise": ..., "clouds": [0.05, 0.7]}}

At least one of the two kinds must be there; within one, only its curve (``day`` or ``sun``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NoReturn, TypeAlias, TypeGuard

Kind: TypeAlias = Literal["production", "consumption"]
Knots: TypeAlias = tuple[tuple[int, float], ...]
"""Points of a curve: (second of the day, level), in order. Between them, and across midnight, it is straight."""

DAY_S: Final = 86_400
KINDS: Final[tuple[Kind, ...]] = ("production", "consumption")
KEYS: Final = ("description", "step_s", "utc_offset_min", *KINDS)
SECTION_KEYS: Final = ("day", "weekend", "scale", "shift_min", "noise")
SUN_KEYS: Final = ("sun", "clouds")
"""The keys of production only."""

_LONGEST_STEP: Final = 3600
_FARTHEST_OFFSET: Final = 14 * 60
_LARGEST_SCALE: Final = 1000
_LONGEST_SHIFT: Final = 12 * 60
_FEWEST_KNOTS: Final = 2
_MOST_KNOTS: Final = 1440
_HIGHEST_LEVEL: Final = 1_000_000
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_LEVEL: Final = f"a number from 0 to {_HIGHEST_LEVEL:,}"
_CURVE: Final = (
    f"{_FEWEST_KNOTS} to {_MOST_KNOTS:,} numbers of at least 0, spread evenly over the day,"
    " or times with numbers of at least 0:"
    ' {"06:30": 0.8, …}'
)


class ProfileError(ValueError):
    """A profile that cannot be used.

    Attributes:
        problem: which key, and what is wrong with it.
        allowed: what is allowed there.
    """

    def __init__(self, problem: str, allowed: str) -> None:
        super().__init__(f"{problem}; allowed: {allowed}")
        self.problem = problem
        self.allowed = allowed


@dataclass(frozen=True)
class Section:
    """What a profile says about one kind of meter.

    Attributes:
        day: the curve; only of working days if there is a weekend.
        weekend: the curve of Saturday and Sunday; None if they are like the other days.
        sun: seconds of the day of sunrise and sunset, in place of ``day``.
        scale: lowest and highest factor of a meter.
        shift_s: how much earlier or later at most.
        noise: of each step, as a share of it.
        clouds: lowest and highest share that an edge loses on a day.
    """

    day: Knots
    weekend: Knots | None
    sun: tuple[int, int] | None
    scale: tuple[float, float]
    shift_s: int
    noise: float
    clouds: tuple[float, float]


@dataclass(frozen=True)
class Content:
    """A profile as read.

    Attributes:
        step_s: how long a value holds.
        utc_offset_s: the offset of the clock of the curves.
        sections: by kind; at least one.
    """

    step_s: int
    utc_offset_s: int
    sections: Mapping[Kind, Section]


def read(content: object) -> Content:
    """Check a profile's content and give it its shape.

    Raises:
        ProfileError: it is not usable; which key, and what is allowed.
    """
    whole = _Part(content, "", KEYS)
    whole.text("description")
    step_s = whole.whole("step_s", 300, 1, _LONGEST_STEP)
    if DAY_S % step_s:
        raise ProfileError(f"step_s is {step_s}", "seconds that divide a day evenly, such as 60, 300 or 900")
    offset = whole.whole("utc_offset_min", 0, -_FARTHEST_OFFSET, _FARTHEST_OFFSET)
    sections = {kind: _section(whole.items[kind], kind) for kind in KINDS if kind in whole.items}
    if not sections:
        raise ProfileError("it describes no meter", f"{' or '.join(KINDS)}, or both")
    return Content(step_s, offset * 60, sections)


def _section(content: object, kind: Kind) -> Section:
    keys = (*SECTION_KEYS, *SUN_KEYS) if kind == "production" else SECTION_KEYS
    part = _Part(content, f"{kind}.", keys)
    if ("day" in part.items) == ("sun" in part.items):
        problem = "both day and sun" if "day" in part.items else "no curve"
        raise ProfileError(f"{kind} has {problem}", "day or sun" if kind == "production" else "day")
    if "weekend" in part.items and "day" not in part.items:
        raise ProfileError(f"{kind} has a weekend beside sun", "weekend beside day only")
    day = part.curve("day")
    return Section(
        day=day or (),
        weekend=part.curve("weekend"),
        sun=_sun(part.items["sun"], f"{kind}.sun.") if "sun" in part.items else None,
        scale=part.pair("scale", (1.0, 1.0), _LARGEST_SCALE),
        shift_s=part.whole("shift_min", 0, 0, _LONGEST_SHIFT) * 60,
        noise=part.number("noise", 0.0, 1),
        clouds=part.pair("clouds", (0.0, 0.0), 1),
    )


def _sun(content: object, where: str) -> tuple[int, int]:
    part = _Part(content, where, ("rise", "set"))
    sunrise, sunset = part.time("rise"), part.time("set")
    if sunrise >= sunset:
        raise ProfileError(f"{where}set is not after {where}rise", "a sunset later on the same day")
    return sunrise, sunset


class _Part:
    """A mapping of the content; its methods check a value and return it.

    Args:
        content: which should be one.
        where: what stands before its keys in messages.
        keys: that it may have.
    """

    def __init__(self, content: object, where: str, keys: tuple[str, ...]) -> None:
        if not isinstance(content, Mapping):
            name = where.rstrip(".") or "it"
            raise ProfileError(f"{name} is {_shown(content)}", f"keys with values: {', '.join(keys)}")
        for key in content:
            if key not in keys:
                raise ProfileError(f"there is no key {where}{key}", ", ".join(keys))
        self.items: Mapping[str, object] = content
        self._where = where

    def text(self, key: str) -> None:
        """A text that only people read."""
        if not isinstance(self.items.get(key, ""), str):
            self._refuse(key, "a text")

    def whole(self, key: str, default: int, lowest: int, highest: int) -> int:
        """A whole number."""
        value = self.items.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            self._refuse(key, f"a whole number from {lowest} to {highest}")
        return int(value)

    def number(self, key: str, default: float, highest: int) -> float:
        """A number from 0."""
        value = self.items.get(key, default)
        if not _is_level(value, highest):
            self._refuse(key, f"a number from 0 to {highest}")
        return float(value)

    def pair(self, key: str, default: tuple[float, float], highest: int) -> tuple[float, float]:
        """The lowest and the highest of something."""
        value = self.items.get(key, default)
        items = value if isinstance(value, list | tuple) else ()
        levels = [float(one) for one in items if _is_level(one, highest)]
        if len(items) != len(default) or len(levels) != len(default) or levels != sorted(levels):
            self._refuse(key, f"two numbers from 0 to {highest}, the lowest first: [0.8, 1]")
        return levels[0], levels[1]

    def time(self, key: str) -> int:
        """A time of the day, in seconds."""
        seconds = _seconds(self.items.get(key))
        if seconds is None:
            self._refuse(key, 'a time of the day, such as "06:30"')
        return seconds

    def curve(self, key: str) -> Knots | None:
        """A curve's points; None when there is none."""
        value = self.items.get(key)
        if key not in self.items:
            return None
        if isinstance(value, Mapping):
            return self._timed(key, value)
        if not isinstance(value, list | tuple) or not _FEWEST_KNOTS <= len(value) <= _MOST_KNOTS:
            self._refuse(key, _CURVE)
        for place, level in enumerate(value):
            if not _is_level(level, _HIGHEST_LEVEL):
                raise ProfileError(f"{self._where}{key} has {_shown(level)} as number {place + 1}", _LEVEL)
        return tuple((DAY_S * place // len(value), float(level)) for place, level in enumerate(value))

    def _timed(self, key: str, value: Mapping[object, object]) -> Knots:
        if not _FEWEST_KNOTS <= len(value) <= _MOST_KNOTS:
            self._refuse(key, _CURVE)
        knots = {}
        for time, level in value.items():
            seconds = _seconds(time)
            if seconds is None or seconds in knots:
                what = "the repeated time" if seconds in knots else "the time"
                raise ProfileError(
                    f"{self._where}{key} has {what} {_shown(time)}", 'times such as "06:30", each once'
                )
            if not _is_level(level, _HIGHEST_LEVEL):
                raise ProfileError(f"{self._where}{key} has {_shown(level)} at {time}", _LEVEL)
            knots[seconds] = float(level)
        return tuple(sorted(knots.items()))

    def _refuse(self, key: str, allowed: str) -> NoReturn:
        what = f"is {_shown(self.items[key])}" if key in self.items else "is missing"
        raise ProfileError(f"{self._where}{key} {what}", allowed)


def _seconds(time: object) -> int | None:
    found = _TIME.fullmatch(time) if isinstance(time, str) else None
    return (int(found[1]) * 60 + int(found[2])) * 60 if found else None


def _is_level(value: object, highest: int) -> TypeGuard[float]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and 0 <= value <= highest


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - as long as a line bears
