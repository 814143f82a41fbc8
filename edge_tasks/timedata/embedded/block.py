"""Bytes that hold points of an edge on one day (of UTC): what a row of the database has. Pure.

A block begins with a byte that says whether the rest is compressed. Then it is one group after another. A group
has some channels, each with a value at each of its moments::

    head      count of points, first moment, step (0: the distances to the first moment follow), count of channels
    ids       one for each channel
    codes     the same (see ``coding.py``)
    bases     the same
    contents  the bytes of each channel's values
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from edge_tasks.openems.milliseconds import DAY_MS
from edge_tasks.timedata.embedded import coding
from edge_tasks.timedata.embedded.moments import COPY, HEAD, PLAIN, opened
from edge_tasks.timedata.series import Series

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from edge_tasks.timedata.embedded.coding import Bytes, Column
    from edge_tasks.timedata.points import Values, Whole

_ID, _MOMENT, _BASE = np.dtype("<u4"), np.dtype("<u4"), np.dtype("<i8")


class Day(NamedTuple):
    """A block and its day, counted since 1970."""

    day: int
    block: bytes


def days_of(times: Whole, channels: Mapping[int, Values]) -> Iterator[Day]:
    """The blocks of points, given as ascending times (epoch ms) and values of channels, by the channels' ids.

    Neighbouring days that have their points at the same times are coded at once.
    """
    begins = np.flatnonzero(np.diff(times // DAY_MS, prepend=-1))
    ends = [*begins[1:].tolist(), len(times)]
    for first, last, days in _runs(times, begins.tolist(), ends):
        yield from _coded(
            times[first:last].reshape(days, -1), {key: one[first:last] for key, one in channels.items()}
        )


def _runs(times: Whole, begins: Sequence[int], ends: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """First and last place and the number of days of each run of days with the same times."""
    start = 0
    while start < len(begins):
        stop = start + 1
        pattern = times[begins[start] : ends[start]] % DAY_MS
        while stop < len(begins) and np.array_equal(times[begins[stop] : ends[stop]] % DAY_MS, pattern):
            stop += 1
        yield begins[start], ends[stop - 1], stop - start
        start = stop


def _coded(times: Whole, channels: Mapping[int, Values]) -> Iterator[Day]:
    """The blocks of days, given as a row of times for each of them."""
    days, count = times.shape
    columns = _columns(channels, days)
    moments = times[0] - times[0, 0]
    step = int(moments[1]) if count > 1 else 1
    regular = 0 < step < 1 << 32 and np.array_equal(moments, step * np.arange(count))
    fixed = b"" if regular else moments.astype(_MOMENT).tobytes()
    ids = np.array(list(channels), _ID).tobytes()
    codes = bytes(column.code for column in columns)
    bases = np.stack([column.bases for column in columns], axis=1).astype(_BASE)
    contents = np.concatenate([_bytes_of_rows(bases), *(column.content for column in columns)], axis=1)
    for place, first in enumerate(times[:, 0].tolist()):
        head = HEAD.pack(count, first, step if regular else 0, len(columns))
        yield Day(first // DAY_MS, b"".join((PLAIN, head, fixed, ids, codes, contents[place].tobytes())))


def _bytes_of_rows(table: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Bytes:
    return np.ascontiguousarray(table).view(np.uint8).reshape(len(table), -1)


def _columns(channels: Mapping[int, Values], days: int) -> list[Column]:
    """The columns in the order of the channels; one that has the values of an earlier one is a copy of it."""
    found: list[Column] = []
    known: dict[tuple[int, bytes, bytes], list[int]] = {}
    arrays = list(channels.values())
    for place, values in enumerate(arrays):
        column = coding.encode(values, days)
        if coding.WIDTHS[column.code]:
            key = (column.code, column.bases.tobytes(), column.content[-1].tobytes())
            same = known.setdefault(key, [])
            original = next((one for one in same if np.array_equal(arrays[one], values)), None)
            if original is None:
                same.append(place)
            else:
                column = coding.copy_of(original, days)
        found.append(column)
    return found


class Group:
    """Channels with a value at each of the same moments, read from a block as far as asked.

    Attributes:
        ids: the channels.
        count: how many moments.
        size: how many bytes of the block it takes.
    """

    def __init__(self, block: memoryview) -> None:
        head: tuple[int, int, int, int] = HEAD.unpack_from(block)
        self.count, self._first, self._step, width = head
        at = HEAD.size
        self._moments = block[at : at + (0 if self._step else self.count * _MOMENT.itemsize)]
        at += len(self._moments)
        self.ids: list[int] = np.frombuffer(block, _ID, width, at).tolist()
        at += width * _ID.itemsize
        self._codes = bytes(block[at : at + width])
        self._bases: list[int] = np.frombuffer(block, _BASE, width, at + width).tolist()
        self._at = at + width + width * _BASE.itemsize
        self._block = block
        self.size = self._at + self.count * sum(self._codes.translate(coding.WIDTHS))

    @property
    def times(self) -> Whole:
        """The moments, epoch ms."""
        if self._step:
            return self._first + self._step * np.arange(self.count, dtype=np.int64)
        return self._first + np.frombuffer(self._moments, _MOMENT).astype(np.int64)

    def values(self, place: int) -> Values:
        """The values of the channel at this place."""
        code = self._codes[place]
        if coding.kind_of(code) == COPY:
            return self.values(self._bases[place])
        at = self._at + self.count * sum(self._codes[:place].translate(coding.WIDTHS))
        content = self._block[at : at + self.count * coding.WIDTHS[code]]
        return coding.decode(code, self._bases[place], content, self.count)


def groups_of(block: bytes) -> Iterator[Group]:
    """The groups of a block."""
    rest = opened(block)
    while rest:
        group = Group(rest)
        yield group
        rest = rest[group.size :]


def series_in(blocks: Sequence[bytes], wanted: Container[int] | None = None) -> dict[int, Series]:
    """The series of channels by their ids, out of blocks in the order in which they were written.

    Of two values at one moment, the later block's counts. ``wanted`` are the channels; None for all.
    """
    pieces: dict[int, list[Series]] = {}
    for block in blocks:
        for group in groups_of(block):
            places = [place for place, key in enumerate(group.ids) if wanted is None or key in wanted]
            if not places:
                continue
            times = group.times
            for place in places:
                pieces.setdefault(group.ids[place], []).append(Series(times, group.values(place)))
    return {key: joined(parts) for key, parts in pieces.items()}


def joined(parts: Sequence[Series]) -> Series:
    """One series out of several; of two values at one moment, that of the later part counts."""
    if len(parts) == 1:
        return parts[0]
    times = np.concatenate([part.times for part in parts])
    values = np.concatenate([part.values for part in parts])
    if (np.diff(times) > 0).all():
        return Series(times, values)
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    last = np.append(np.diff(times) > 0, True)
    return Series(times[last], values[last])
