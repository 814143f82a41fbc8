"""Readings of a meter as a CSV file, checked line by line. Pure.

The first line names the columns. One is ``timestamp`` and one is ``W``, ``kW``, ``Wh`` or ``kWh``; others do not
matter. They are separated by commas, or by semicolons; with these, a comma may be the decimal point.
"""

from __future__ import annotations

import csv
import math
from datetime import datetime, timezone
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from edge_tasks.openems.load_curve_terms import HIGHEST_WATTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edge_tasks.openems.load_curve_terms import Clock

TIME: Final = "timestamp"
POWERS: Final = {"W": 1, "kW": 1000}
ENERGIES: Final = {"Wh": 1, "kWh": 1000}
_HOUR_S: Final = 3600


class ReadingsError(ValueError):
    """A file of readings that cannot be used.

    Attributes:
        line: where, counted from 1.
        problem: what is wrong there.
        allowed: what mends it.
    """

    def __init__(self, line: int, problem: str, allowed: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem
        self.allowed = allowed


class _Reading(NamedTuple):
    line: int
    text: str
    moment: int
    value: float


def series_of(text: str, clock: Clock) -> dict[str, object]:
    """The readings as a profile's content has them, without ``repeat``.

    Args:
        text: of the file.
        clock: of timestamps without an offset.

    Raises:
        ReadingsError: a line is no reading, or does not follow the one before it.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    header = lines[0] if lines else ""
    separator = ";" if ";" in header else ","
    unit, places = _columns([name.strip() for name in header.split(separator)])
    rows = csv.reader(lines[1:], delimiter=separator)
    readings = _readings(rows, places, clock, "," if separator == ";" else ".")
    first, second = next(readings, None), next(readings, None)
    if first is None or second is None:
        raise ReadingsError(len(lines) or 1, "there are fewer than two readings", "a header and a line for each")
    step = second.moment - first.moment
    watts = POWERS[unit] if unit in POWERS else ENERGIES[unit] * _HOUR_S / step
    begin = datetime.fromtimestamp(first.moment, timezone.utc).isoformat()
    values = [one.value * watts for one in _regular(chain([first, second], readings), step)]
    return {"begin": begin, "step_s": step, "watts": values}


def _columns(names: list[str]) -> tuple[str, tuple[int, int]]:
    """The unit, and the places of time and value."""
    units = [name for name in names if name in POWERS or name in ENERGIES]
    if names.count(TIME) != 1 or len(units) != 1:
        shown = ", ".join(names) or "empty"
        allowed = f"{TIME} and one of {', '.join([*POWERS, *ENERGIES])}, such as {TIME},Wh"
        raise ReadingsError(1, f"the header is {shown}", allowed)
    return units[0], (names.index(TIME), names.index(units[0]))


def _readings(rows: Iterable[list[str]], places: tuple[int, int], clock: Clock, point: str) -> Iterator[_Reading]:
    before = -1
    for line, row in enumerate(rows, start=2):
        if not any(row):
            continue
        if len(row) <= max(places):
            raise ReadingsError(line, f"there are {len(row)} columns", "as many as in the header")
        time, value = (row[place].strip() for place in places)
        before = _moment(line, time, clock, before)
        yield _Reading(line, time, before, _value(line, value, point))


def _moment(line: int, text: str, clock: Clock, before: int) -> int:
    """S since 1970; of an hour that a clock shows twice, the second one if the first one has been read."""
    try:
        time = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        allowed = f"{TIME} as 2025-01-31 00:15, or with an offset: 2025-01-31T00:15:00+01:00"
        raise ReadingsError(line, f"{text!r} is no timestamp", allowed) from None
    if time.tzinfo is not None:
        return int(time.timestamp())
    if clock.zone is None:
        return int(time.replace(tzinfo=timezone.utc).timestamp()) - clock.offset_s
    local = time.replace(tzinfo=clock.zone)
    found = int(local.timestamp())
    if datetime.fromtimestamp(found, clock.zone).replace(tzinfo=None) != time:
        allowed = "timestamps of its zone, or with an offset; without summer time, utc_offset_min instead of zone"
        raise ReadingsError(line, f"clocks in {clock.zone.key} never show {text}", allowed)
    return found if found > before else int(local.replace(fold=1).timestamp())


def _value(line: int, text: str, point: str) -> float:
    try:
        value = float(text.replace(point, "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= HIGHEST_WATTS:
        raise ReadingsError(line, f"{text!r} is no reading", "a number of at least 0 in each line")
    return value


def _regular(readings: Iterable[_Reading], step: int) -> Iterator[_Reading]:
    """The readings, each a step after the one before it."""
    before: _Reading | None = None
    for one in readings:
        if before is not None and one.moment <= before.moment:
            allowed = "timestamps in order, each once"
            raise ReadingsError(one.line, f"{one.text} is not after {before.text}", allowed)
        if before is not None and one.moment != before.moment + step:
            raise _gap(before, one, step)
        before = one
        yield one


def _gap(before: _Reading, after: _Reading, step: int) -> ReadingsError:
    steps, rest = divmod(after.moment - before.moment, step)
    if rest:
        problem = f"{after.text} is {after.moment - before.moment} s after {before.text}"
        return ReadingsError(after.line, problem, f"a line each {step} s, as in the first two")
    count = "1 reading is" if steps == 2 else f"{steps - 1} readings are"  # noqa: PLR2004 - one is between two
    problem = f"{count} missing between {before.text} and {after.text}"
    return ReadingsError(after.line, problem, f"a line each {step} s; fill the gap, with 0 if nothing was used")
