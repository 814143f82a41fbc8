"""The newest value of each channel of each edge. No input, no output."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value: TypeAlias = "int | float | str | bool | None"


class ChannelCache:
    """Values by edge and channel address; an older timestamp never replaces a newer one."""

    def __init__(self) -> None:
        self._edges: dict[str, dict[str, tuple[int, Value]]] = {}
        self._addresses: dict[str, str] = {}  # one copy of a text that a thousand edges share

    def update(self, edge: str, timestamp: int, values: Mapping[str, Value]) -> None:
        """Take over the values of one moment, in milliseconds since 1970."""
        channels = self._edges.setdefault(edge, {})
        for address, value in values.items():
            known = channels.get(address)
            if known is None:
                channels[self._addresses.setdefault(address, address)] = (timestamp, value)
            elif timestamp >= known[0]:
                channels[address] = (timestamp, value)

    def values(self, edge: str, addresses: Iterable[str]) -> dict[str, Value]:
        """The values of some channels, None for one that was never heard of."""
        channels = self._edges.get(edge, {})
        return {address: channels.get(address, (0, None))[1] for address in addresses}
