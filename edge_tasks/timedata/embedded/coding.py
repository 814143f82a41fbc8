"""How the values of one channel become few bytes, for many days at once. Pure.

A column has a code and, for each day, a base. The code says what the bytes of the day are:

``CONSTANT``   none: every value of the day is the base
``OFFSET``     the value minus the base
``RISE``       by how much the value rose since the one before it; the first one is the base
``COPY``       none: the values are those of another column, whose place is the base
``WHOLE``      the values as they are: integers
``FLOAT``      the values as they are: floats
``CONSTANT_FLOAT``  none: every value is the float whose bits are the base
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge_tasks.timedata.embedded.moments import (
    CONSTANT,
    CONSTANT_FLOAT,
    COPY,
    FLOAT,
    KIND_BITS,
    OFFSET,
    RISE,
    WHOLE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.timedata.points import Values

_WIDTHS: Final = (1, 2, 4)
_UNSIGNED: Final[Mapping[int, np.dtype[np.uint8] | np.dtype[np.uint16] | np.dtype[np.uint32]]] = {
    1: np.dtype("<u1"),
    2: np.dtype("<u2"),
    4: np.dtype("<u4"),
}
WIDTHS: Final = bytes(code & ((1 << KIND_BITS) - 1) for code in range(256))
"""How many bytes a value of a column takes, by the column's code."""
Integers = NDArray[np.int64]
Bytes = NDArray[np.uint8]


class Column(NamedTuple):
    """A channel's values over some days, coded.

    Attributes:
        code: kind and width.
        bases: one for each day.
        content: bytes, a row for each day.
    """

    code: int
    bases: Integers
    content: Bytes

    @classmethod
    def of(cls, kind: int, bases: Integers, values: NDArray[np.generic] | None = None) -> Column:
        """The column of a kind, with its values as rows of days."""
        if values is None:
            return cls(kind << KIND_BITS, bases, np.empty((len(bases), 0), np.uint8))
        content = np.ascontiguousarray(values).view(np.uint8).reshape(len(bases), -1)
        return cls(kind << KIND_BITS | values.dtype.itemsize, bases, content)


def encode(values: Values, days: int) -> Column:
    """Code the values of some days that have as many points each."""
    if values.dtype.kind != "f":
        return _integers(values.reshape(days, -1).astype(np.int64, copy=False))
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    if np.array_equal(whole, values):
        return _integers(whole.reshape(days, -1))
    table = values.reshape(days, -1)
    if (table == table[:, :1]).all():
        return Column.of(CONSTANT_FLOAT, table[:, 0].astype("<f8").view(np.int64))
    return Column.of(FLOAT, np.zeros(days, np.int64), table.astype("<f8"))


def copy_of(place: int, days: int) -> Column:
    """The column that has the values of another one."""
    return Column.of(COPY, np.full(days, place, np.int64))


def _integers(table: Integers) -> Column:
    lowest, highest = table.min(axis=1), table.max(axis=1)
    spread = int((highest - lowest).max())
    if spread == 0:
        return Column.of(CONSTANT, lowest)
    rises = np.diff(table, axis=1, prepend=table[:, :1])
    steepest = _width(int(rises.max())) if rises.min() >= 0 else None
    width = _width(spread) if spread > 0 else None  # a spread beyond 64 bits is negative here
    if steepest and (width is None or steepest < width):
        return Column.of(RISE, table[:, 0].copy(), rises.astype(_UNSIGNED[steepest]))
    if width:
        return Column.of(OFFSET, lowest, (table - lowest[:, None]).astype(_UNSIGNED[width]))
    return Column.of(WHOLE, np.zeros(len(table), np.int64), table.astype("<i8"))


def _width(highest: int) -> int | None:
    """How many bytes hold the numbers up to this one; None if four do not."""
    return next((width for width in _WIDTHS if highest < 1 << 8 * width), None)


def kind_of(code: int) -> int:
    """What the bytes of a column are."""
    return code >> KIND_BITS


def decode(code: int, base: int, content: memoryview, count: int) -> Values:
    """The values of one day; not those of a copy."""
    kind = kind_of(code)
    if kind == CONSTANT:
        return np.full(count, base, np.int64)
    if kind == CONSTANT_FLOAT:
        return np.full(count, np.int64(base).view(np.float64))
    if kind == FLOAT:
        return np.frombuffer(content, "<f8").astype(np.float64)
    if kind == WHOLE:
        return np.frombuffer(content, "<i8").astype(np.int64)
    small = np.frombuffer(content, _UNSIGNED[WIDTHS[code]]).astype(np.int64)
    return np.cumsum(small) + base if kind == RISE else small + base
