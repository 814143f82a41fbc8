"""One mapping of a profile's content: its methods check a value and return it. No I/O."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple, NoReturn, TypeAlias, TypeGuard

Knots: TypeAlias = tuple[tuple[int, float], ...]
"""Points of a curve: (second of the day, level), in order. Between them, and across midnight, it is straight."""
Keys: TypeAlias = tuple["str | int", ...]
"""The way to a value: keys, and places in lists, the first is 0."""

DAY_S: Final = 86_400
HIGHEST_LEVEL: Final = 1_000_000
LEAP_YEAR: Final = 2000
"""A year that has all days."""

_LONGEST_SHOWN: Final = 60
"""In characters: a message stays on one line."""
_FEWEST_KNOTS: Final = 2
_MOST_KNOTS: Final = 1440
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DATE: Final = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_LEVEL: Final = f"a number from 0 to {HIGHEST_LEVEL:,}"
_CURVE: Final = (
    f"{_FEWEST_KNOTS} to {_MOST_KNOTS:,} numbers of at least 0, spread evenly over the day,"
    " or times with numbers of at least 0:"
    ' {"06:30": 0.8, …}'
)


class Day(NamedTuple):
    """A date of each year, or of one year; January is 1."""

    month: int
    day: int
    year: int | None = None


class ProfileError(ValueError):
    """A profile that cannot be used.

    Attributes:
        problem: which key, and what is wrong with it.
        allowed: what is allowed there.
        keys: the way to it in the content.
    """

    def __init__(self, problem: str, allowed: str, keys: Keys = ()) -> None:
        super().__init__(f"{problem}; allowed: {allowed}")
        self.problem = problem
        self.allowed = allowed
        self.keys = keys


class Part:
    """A mapping of the content.

    Args:
        content: which should be one.
        at: the way to it.
        known: the keys that it may have.

    Attributes:
        items: its values by key.
        name: what stands before its keys in messages.
    """

    def __init__(self, content: object, at: Keys, known: tuple[str, ...]) -> None:
        self._at = at
        self.name = _named(at)
        if not isinstance(content, Mapping):
            name = self.name.rstrip(".") or "it"
            raise ProfileError(f"{name} is {shown(content)}", f"keys with values: {', '.join(known)}", at)
        self.items: Mapping[object, object] = content
        for key in content:
            if key not in known:
                keys = (*at, str(key))
                raise ProfileError(f"there is no key {self.name}{key}", ", ".join(known), keys)

    def fail(self, problem: str, allowed: str, *keys: str | int) -> NoReturn:
        """Refuse it.

        Args:
            problem: what is wrong, after its name.
            allowed: what is allowed.
            keys: that lead from here to what is wrong.
        """
        raise ProfileError(f"{self.name}{problem}", allowed, (*self._at, *keys))

    def part(self, key: str, known: tuple[str, ...]) -> Part:
        """A mapping in this one."""
        return Part(self.items.get(key), (*self._at, key), known)

    def parts(self, key: str, known: tuple[str, ...]) -> list[Part]:
        """The mappings of a list in this one; none without it."""
        found = self.items.get(key, [])
        if not isinstance(found, list | tuple):
            self._refuse(key, "a list of items, each with keys")
        return [Part(item, (*self._at, key, place), known) for place, item in enumerate(found)]

    def text(self, key: str) -> None:
        """A text, if it is there."""
        if not isinstance(self.items.get(key, ""), str):
            self._refuse(key, "a text")

    def yes(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.items.get(key, default)
        if not isinstance(value, bool):
            self._refuse(key, "true or false")
        return value

    def choice(self, key: str, default: str, choices: tuple[str, ...]) -> str:
        """One of some words."""
        value = self.items.get(key, default)
        if value not in choices:
            self._refuse(key, ", ".join(choices))
        return str(value)

    def whole(self, key: str, default: int | None, lowest: int, highest: int) -> int:
        """A whole number; it must be there if there is no default."""
        value = self.items.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            self._refuse(key, f"a whole number from {lowest} to {highest}")
        return value

    def number(self, key: str, default: float | None, highest: float, lowest: float = 0) -> float:
        """A number between two others; it must be there if there is no default."""
        value = self.items.get(key, default)
        if not is_number(value, lowest, highest):
            self._refuse(key, f"a number from {lowest} to {highest}")
        return float(value)

    def numbers(self, key: str, most: int) -> tuple[float, ...]:
        """A list of numbers; none without it."""
        value = self.items.get(key, ())
        if key not in self.items:
            return ()
        items = value if isinstance(value, list | tuple) else ()
        found = tuple(float(one) for one in items if is_number(one, -HIGHEST_LEVEL, HIGHEST_LEVEL))
        if not 1 <= len(items) <= most or len(found) != len(items):
            self._refuse(key, f"1 to {most} numbers")
        return found

    def pair(self, key: str, default: tuple[float, float], highest: int) -> tuple[float, float]:
        """The lowest and the highest of something."""
        value = self.items.get(key, default)
        items = value if isinstance(value, list | tuple) else ()
        levels = [float(one) for one in items if is_number(one, 0, highest)]
        if len(items) != len(default) or len(levels) != len(default) or levels != sorted(levels):
            self._refuse(key, f"two numbers from 0 to {highest}, the lowest first: [0.8, 1]")
        return levels[0], levels[1]

    def time(self, key: str) -> int:
        """A time of the day, in seconds."""
        seconds = _seconds(self.items.get(key))
        if seconds is None:
            self._refuse(key, 'a time of the day, such as "06:30"')
        return seconds

    def date(self, key: str) -> Day:
        """A date of each year."""
        found = _day(self.items.get(key))
        if found is None or found.year is not None:
            self._refuse(key, 'a date of each year, such as "03-21" for 21 March')
        return found

    def dates(self, key: str) -> tuple[Day, ...]:
        """A list of dates; none without it."""
        value = self.items.get(key, [])
        allowed = 'a list of dates: "2026-04-06", or "12-25" for each year'
        if not isinstance(value, list | tuple):
            self._refuse(key, allowed)
        found = []
        for place, item in enumerate(value):
            day = _day(item)
            if day is None:
                self.fail(f"{key} has {shown(item)} as number {place + 1}", allowed, key, place)
            found.append(day)
        return tuple(found)

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
            if not is_number(level, 0, HIGHEST_LEVEL):
                self.fail(f"{key} has {shown(level)} as number {place + 1}", _LEVEL, key, place)
        return tuple((DAY_S * place // len(value), float(level)) for place, level in enumerate(value))

    def _timed(self, key: str, value: Mapping[object, object]) -> Knots:
        if not _FEWEST_KNOTS <= len(value) <= _MOST_KNOTS:
            self._refuse(key, _CURVE)
        knots = {}
        for time, level in value.items():
            seconds = _seconds(time)
            if seconds is None or seconds in knots:
                what = "the repeated time" if seconds in knots else "the time"
                self.fail(f"{key} has {what} {shown(time)}", 'times such as "06:30", each once', key, str(time))
            if not is_number(level, 0, HIGHEST_LEVEL):
                self.fail(f"{key} has {shown(level)} at {time}", _LEVEL, key, str(time))
            knots[seconds] = float(level)
        return tuple(sorted(knots.items()))

    def _refuse(self, key: str, allowed: str) -> NoReturn:
        self.fail(
            f"{key} is {shown(self.items[key])}" if key in self.items else f"{key} is missing", allowed, key
        )


def is_number(value: object, lowest: float, highest: float) -> TypeGuard[float]:
    """Whether a value is a number from one to another."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and lowest <= value <= highest


def shown(value: object) -> str:
    """A value as a message shows it."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _named(keys: Keys) -> str:
    """``consumption.seasons[1].``; the first item of a list is 1 to people."""
    return "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(
        "."
    ) + "." * bool(keys)


def _seconds(time: object) -> int | None:
    found = _TIME.fullmatch(time) if isinstance(time, str) else None
    return (int(found[1]) * 60 + int(found[2])) * 60 if found else None


def _day(text: object) -> Day | None:
    found = _DATE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    year = int(found[1]) if found[1] else None
    try:
        date(LEAP_YEAR if year is None else year, int(found[2]), int(found[3]))
    except ValueError:
        return None
    return Day(int(found[2]), int(found[3]), year)
