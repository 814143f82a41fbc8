"""The energies that a fleet with a load shape must have counted, computed a second time.

This follows docs/reference/profiles.md and shares nothing with ``edge_tasks.light``: what a simulation, a backend
or a billing engine has counted is compared with it to the last Wh. Energies are in W*ms, so that sums stay exact;
3,600,000 of them are a Wh, rounded down at the end only.
"""

from __future__ import annotations

import bisect
import hashlib
import math
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WMS_PER_WH = 3_600_000
ONE = 65_536
DAY = 86_400
_KNOWN = {
    *("description", "step_s", "utc_offset_min", "consumption", "production"),
    *("day", "weekend", "sun", "scale", "shift_min", "noise", "clouds"),
}


def watt_hours(meters: Iterable[int]) -> int:
    """Whole Wh of meters that are counted together, each in W*ms."""
    return sum(meters) // WMS_PER_WH


def watt_ms(content: Mapping[str, Any], kind: str, value: int, key: str, span: tuple[int, int]) -> int:
    """One meter's energy.

    Args:
        content: the profile, as its YAML says it.
        kind: ``production`` or ``consumption``.
        value: W, of the meter's datasource.
        key: ``SEED/EDGE/METER``.
        span: its first and its last moment, ms since 1970.
    """
    meter = Meter(content, kind, value, key)
    begin, end = span
    total = 0
    while begin < end:
        step = (begin + meter.ahead) // meter.step
        until = min(end, (step + 1) * meter.step - meter.ahead)
        total += meter.power(step) * (until - begin)
        begin = until
    return total


class Meter:
    """A meter as the reference describes it, in the order in which it describes it."""

    def __init__(self, content: Mapping[str, Any], kind: str, value: int, key: str) -> None:
        section = content[kind]
        unknown = {*content, *section} - _KNOWN
        if unknown:
            raise ValueError(f"profiles with {', '.join(sorted(unknown))} are not computed here")
        self.step: int = content.get("step_s", 300) * 1000
        self._workday, self._weekend = _levels(_frozen(section), kind, self.step // 1000)
        own, edge = _hash(key), _hash(key[: key.rindex("/")])
        low, high = (round(share * ONE) for share in section.get("scale", (1, 1)))
        scale: int = low + (high - low) * int.from_bytes(own[8:10], "big") // ONE
        self._power: int = value * 1024 * scale // ONE
        most = section.get("shift_min", 0) * 60_000 // self.step
        steps = int.from_bytes(own[12:16], "big") % (2 * most + 1) - most
        within = int.from_bytes(edge[8:12], "big") % self.step
        self.ahead: int = content.get("utc_offset_min", 0) * 60_000 + steps * self.step + within
        self._noise = round(section.get("noise", 0) * ONE)
        self._clouds = [round(share * ONE) for share in section.get("clouds", (0, 0))]
        self._own, self._edge = int.from_bytes(own[:7], "big"), int.from_bytes(edge[:7], "big")

    def power(self, step: int) -> int:
        """W in the step of a number, counted from 1970 in the meter's own time."""
        day, place = divmod(step, len(self._workday))
        level = (self._weekend if day % 7 in (2, 3) else self._workday)[place]
        noise: int = ONE + self._noise * (lot(self._own + step) - 32_768) // 32_768
        low, high = self._clouds
        sky: int = ONE - low - (high - low) * lot(self._edge + day) // ONE
        return (self._power * level * noise * sky * 2 + (1024 * ONE**3)) // (2 * 1024 * ONE**3)


def lot(number: int) -> int:
    """0 to 65535, the highest 16 bits of SplitMix64."""
    bits = 2**64
    number = number * 0x9E3779B97F4A7C15 % bits
    number = (number ^ number // 2**30) * 0xBF58476D1CE4E5B9 % bits
    number = (number ^ number // 2**27) * 0x94D049BB133111EB % bits
    return number // 2**48


@cache
def _levels(section: tuple[Any, ...], kind: str, step_s: int) -> tuple[list[int], list[int]]:
    day, weekend, sun = section
    curve = _sunny(sun, step_s) if sun else _lines(day, step_s)
    unit = max(curve) if kind == "production" else math.fsum(curve) / len(curve)
    other = _lines(weekend, step_s) if weekend else curve
    return [round(one / unit * ONE) for one in curve], [round(one / unit * ONE) for one in other]


def _sunny(sun: tuple[int, int], step_s: int) -> list[float]:
    rise, fall = sun
    shares = [(second - rise) / (fall - rise) for second in range(0, DAY, step_s)]
    arcs = [4 * share * (1 - share) if 0 < share < 1 else 0.0 for share in shares]
    sines = [4 * arc / (5 - arc) for arc in arcs]
    return [sine * math.sqrt(sine) for sine in sines]


def _lines(points: tuple[tuple[int, float], ...], step_s: int) -> list[float]:
    times = [second for second, _ in points]
    curve = []
    for second in range(0, DAY, step_s):
        after = bisect.bisect_right(times, second)
        (begin, low), (end, high) = points[after - 1], points[after % len(points)]
        begin -= DAY if after == 0 else 0
        end += DAY if after == len(points) else 0
        curve.append(low + (high - low) * ((second - begin) / (end - begin)))
    return curve


def _frozen(section: Mapping[str, Any]) -> tuple[Any, ...]:
    sun = section.get("sun")
    return (
        _points(section.get("day", ())),
        _points(section.get("weekend", ())),
        (_second(sun["rise"]), _second(sun["set"])) if sun else None,
    )


def _points(curve: Any) -> tuple[tuple[int, float], ...]:  # noqa: ANN401 - a list or a mapping
    if isinstance(curve, dict):
        return tuple(sorted((_second(time), float(level)) for time, level in curve.items()))
    return tuple((DAY * place // len(curve), float(level)) for place, level in enumerate(curve))


def _second(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
