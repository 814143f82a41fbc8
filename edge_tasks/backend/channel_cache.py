"""The newest channel values that came over one socket. No I/O.

It works like the backend's own cache (`EdgeCache` of OpenEMS 2024.7.0): it ends with the socket, so an edge that
is offline has no values; current and five-minute values are kept apart; each part has one timestamp.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value: TypeAlias = "int | float | str | bool | None"

_VALID_MS: Final = 15 * 60 * 1000
_LAYOUTS: Final = 64
_UNKNOWN: Final = object()


class ChannelCache:
    """Current values, and aggregated ones for the channels that have no current one."""

    __slots__ = ("_aggregated", "_current")

    def __init__(self) -> None:
        self._current = _Part()
        self._aggregated: _Part | None = None

    def update(self, timestamp: int, values: Mapping[str, Value]) -> None:
        """Take over the values of one moment, in milliseconds since 1970, unless a newer one is known."""
        self._current.update(timestamp, values)

    def update_aggregated(self, timestamp: int, values: Mapping[str, Value]) -> None:
        """Take over the values of one window; the timestamp is that of its start."""
        if self._aggregated is None:
            self._aggregated = _Part()
        self._aggregated.update(timestamp, values)

    def values(self, addresses: Iterable[str]) -> dict[str, Value]:
        """The values of some channels; None for one that never came."""
        return {address: self._value(address) for address in addresses}

    def _value(self, address: str) -> Value:
        for part in (self._current, self._aggregated):
            if part is not None and (found := part.value(address)) is not _UNKNOWN:
                return found  # type: ignore[return-value] # an object of our own is the only other one
        return None


class _Part:
    """Values under one timestamp: a row, whose columns are shared with all edges that send the same channels.

    So ten thousand edges of one template have ten thousand rows, but one table of addresses. Channels that are
    not in that table (of a component that was added later) are kept beside the row.
    """

    __slots__ = ("_columns", "_others", "_row", "_timestamp")

    def __init__(self) -> None:
        self._columns: Mapping[str, int] = {}
        self._row: list[object] = []
        self._others: dict[str, Value] = {}
        self._timestamp = 0

    def value(self, address: str) -> object:
        column = self._columns.get(address)
        return self._others.get(address, _UNKNOWN) if column is None else self._row[column]

    def update(self, timestamp: int, values: Mapping[str, Value]) -> None:
        if timestamp < self._timestamp:
            return
        if timestamp > self._timestamp + _VALID_MS:
            self._clear(values)
        self._timestamp = timestamp
        columns, row = self._columns, self._row
        for address, value in values.items():
            column = columns.get(address)
            if column is None:
                self._others[address] = value
            else:
                row[column] = value

    def _clear(self, first: Mapping[str, Value]) -> None:
        """Forget everything, and take the columns from the first message after that, which has all channels."""
        self._columns = _columns(tuple(first))
        self._row = [_UNKNOWN] * len(self._columns)
        self._others = {}


@lru_cache(_LAYOUTS)
def _columns(addresses: tuple[str, ...]) -> Mapping[str, int]:
    return {address: column for column, address in enumerate(addresses)}
