"""What an edge has sent and what is still to be written of it. Pure.

A real backend stores every message. Here, of each minute only the last value of each channel is kept, with the
time of the minute's last message. Energies do not change by that: every period begins and ends with a minute. A
bill also takes the first value after a midnight, and midnights lie on quarter hours: so the first value of each
channel in a quarter hour is kept, too. A message with very many channels, as an edge sends it every five
minutes, is kept as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from edge_tasks.openems.milliseconds import MINUTE_MS
from edge_tasks.timedata.embedded.moments import QUARTER_MS, compressed, moment, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

Sent: TypeAlias = "Mapping[str, int | float | str | bool | None]"
_INTEGER, _FLOAT = re.compile(r"-?[0-9]{1,18}"), re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_MANY: Final = 200


class Moment(NamedTuple):
    """Values at a time, epoch ms."""

    time: int
    values: Sent


class Recorder:
    """The points of one edge that are not written yet.

    Attributes:
        blocks: finished points as (time, block), in the order in which they are written.
        waiting: points with a channel that has no id yet.
    """

    __slots__ = ("_minute", "_quarter", "_row", "_seen", "_time", "blocks", "waiting")

    def __init__(self) -> None:
        self.blocks: list[tuple[int, bytes]] = []
        self.waiting: list[Moment] = []
        self._minute = 0
        self._time = 0
        self._row: dict[str, int | float | str | bool | None] = {}
        self._quarter = 0
        self._seen: set[str] | None = None  # of this quarter hour; None when all were

    def take(self, time: int, values: Sent, ids: Mapping[str, int]) -> bool:
        """Take over what was sent at a time; whether a channel of it has no id yet."""
        minute = time // MINUTE_MS
        if minute != self._minute:
            self.finish(ids)
            self._minute = minute
        whole = len(values) >= _MANY
        if time // QUARTER_MS != self._quarter:
            self._quarter, self._seen = time // QUARTER_MS, set()
        if self._seen is not None and time % QUARTER_MS:
            self._keep_first(Moment(time, values), self._seen, ids, whole=whole)
        if whole:
            self.finish(ids)  # what came before it must not count after it
            self._put(Moment(time, values), ids)
        else:
            self._row.update(values)
            self._time = max(time, self._time)
        return bool(self.waiting)

    def _keep_first(self, one: Moment, seen: set[str], ids: Mapping[str, int], *, whole: bool) -> None:
        if whole:
            self._seen = None
            return
        new = {name: one.values[name] for name in one.values.keys() - seen if one.values[name] is not None}
        if new:
            seen.update(new)
            self._put(Moment(one.time, new), ids)

    def finish(self, ids: Mapping[str, int]) -> None:
        """Count the minute as finished; what comes of it later is a point of its own."""
        row, time = self._row, self._time
        self._row, self._time = {}, 0
        if row:
            self._put(Moment(time, row), ids)

    def resolve(self, ids: Mapping[str, int]) -> None:
        """Code what waited for the ids of its channels."""
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            self._put(one, ids)

    def unknown(self, ids: Mapping[str, int]) -> set[str]:
        """The channels that have no id yet."""
        return {name for one in self.waiting for name in one.values if name not in ids}

    def all_blocks(self, ids: Mapping[str, int]) -> list[bytes]:
        """All points, also of the minute that is not finished, without those that wait for an id."""
        row = _group(self._time, self._row, ids) if self._row and self._row.keys() <= ids.keys() else b""
        return [*(block for _, block in self.blocks), plain(row)]

    def take_blocks(self) -> list[tuple[int, bytes]]:
        """The finished points; they count as written from now on."""
        blocks, self.blocks = self.blocks, []
        return blocks

    def _put(self, one: Moment, ids: Mapping[str, int]) -> None:
        try:
            group = _group(one.time, one.values, ids)
        except KeyError:
            self.waiting.append(one)
            return
        if group:
            many = len(one.values) >= _MANY
            self.blocks.append((one.time, compressed([group]) if many else plain(group)))


def _group(time: int, values: Sent, ids: Mapping[str, int]) -> bytes:
    """The group of these values; nothing if none of them is stored."""
    found: dict[int, int | float] = {}
    for name, value in values.items():
        number = value if type(value) is int else stored(value)
        if number is not None:
            found[ids[name]] = number
    return moment(time, found) if found else b""


def stored(value: float | str | None) -> int | float | None:
    """A value as a backend stores it: booleans as 0 and 1, texts only where they are numbers."""
    if value is None or isinstance(value, (bool, int)):
        return None if value is None else int(value)
    if isinstance(value, float):
        return value
    if _INTEGER.fullmatch(value):
        return int(value)
    return float(value) if _FLOAT.fullmatch(value) else None
