"""The newest channel values that came over one socket. No input, no output.

As the backend's own cache (`EdgeCache` of OpenEMS 2024.7.0): it lives and dies with the socket, so an edge that
is offline has no values at all; current and five-minute values are kept apart; each part has one timestamp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value: TypeAlias = "int | float | str | bool | None"

_VALID_MS: Final = 15 * 60 * 1000


class ChannelCache:
    """Current values, and aggregated ones for the channels that have no current one."""

    def __init__(self) -> None:
        self._current = _Part()
        self._aggregated = _Part()

    def update(self, timestamp: int, values: Mapping[str, Value]) -> None:
        """Take over the values of one moment, in milliseconds since 1970, unless a newer one is known."""
        self._current.update(timestamp, values)

    def update_aggregated(self, timestamp: int, values: Mapping[str, Value]) -> None:
        """Take over the values of one window; the timestamp is that of its start."""
        self._aggregated.update(timestamp, values)

    def values(self, addresses: Iterable[str]) -> dict[str, Value]:
        """The values of some channels, None for one that was never heard of."""
        current, aggregated = self._current.values, self._aggregated.values
        return {
            address: current[address] if address in current else aggregated.get(address) for address in addresses
        }


class _Part:
    """Values under one timestamp. The addresses cost no memory: orjson hands out one copy of a short key."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self._timestamp = 0

    def update(self, timestamp: int, values: Mapping[str, Value]) -> None:
        if timestamp < self._timestamp:
            return
        if timestamp > self._timestamp + _VALID_MS:
            self.values.clear()
        self._timestamp = timestamp
        self.values.update(values)
