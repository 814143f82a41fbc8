"""The powers that a CSV text gives to meters, as OpenEMS' simulator reads it. Pure."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SEPARATORS: Final[Mapping[str, tuple[str, str]]] = {"GERMAN_EXCEL": (";", ","), "ENGLISH": (",", ".")}
"""Between the values of a line, and before their decimals, by the property ``format``."""
_NUMBER: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_MOST: Final = 1 << 31


@dataclass(frozen=True)
class Columns:
    """The columns of a CSV text.

    Attributes:
        first: the powers in W of the only column, if it has no title; else nothing.
        titled: the powers of the columns with a title, by it: an address (``meter1/ActivePower``), or the name
            of a channel, which is for all meters.
    """

    first: tuple[int, ...] = ()
    titled: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def parsed(text: str, csv_format: str, factor: float) -> Columns:
    """The columns of a text.

    Args:
        text: lines of values; the first may have titles. OpenEMS takes a first line for titles if it is not one
            number in English, so several columns need titles.
        csv_format: a key of :data:`SEPARATORS`; another one is taken for OpenEMS' default.
        factor: by which every value is multiplied.

    Returns:
        The powers, where a missing value is 0; no columns if there is anything else than numbers, because OpenEMS
        does not start such a datasource.
    """
    separator, point = SEPARATORS.get(csv_format, SEPARATORS["GERMAN_EXCEL"])
    lines = re.split(r"\r?\n", text)
    while lines and not lines[-1]:
        lines.pop()
    titles = [] if not lines or _NUMBER.fullmatch(lines[0]) else lines.pop(0).split(separator)
    try:
        rows = [[_power(value.replace(point, "."), factor) for value in line.split(separator)] for line in lines]
    except ValueError:
        return Columns()
    if not titles:
        return Columns(_column(rows, 0))
    return Columns((), {title: _column(rows, place) for place, title in enumerate(titles)})


def power(value: float, factor: float) -> int:
    """The W of a value. As in OpenEMS, both are 32-bit numbers and the product loses its decimals."""
    found = _single(_single(value) * _single(factor))
    if not -_MOST <= found < _MOST:
        raise ValueError(value)
    return int(found)


def _column(rows: Iterable[Sequence[int]], place: int) -> tuple[int, ...]:
    return tuple(row[place] if place < len(row) else 0 for row in rows)


def _power(text: str, factor: float) -> int:
    if not text:
        return 0
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return power(float(text), factor)


def _single(value: float) -> float:
    """The nearest 32-bit number."""
    try:
        found: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        raise ValueError(value) from None
    return found
