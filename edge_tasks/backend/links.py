"""An edge's connection as the rest of the stand-in sees it, whatever library holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.backend import json_rpc
    from edge_tasks.backend.channel_cache import ChannelCache
    from edge_tasks.backend.known_devices import Devices


class Link(Protocol):
    """An edge's connection as its device knows it."""

    @property
    def cache(self) -> ChannelCache:
        """The values that came over it."""

    async def ask(self, user: dict[str, str], payload: dict[str, Any]) -> dict[str, Any]:
        """Send an `authenticatedRpc` request, and wait for the answer as long as it takes."""


class Socket(Link, Protocol):
    """An edge's connection as the core sees it."""

    def admit(self, devices: Devices) -> None:
        """Become a device's connection, or be refused."""

    def close(self) -> None:
        """Say good-bye with 1001."""

    def drop(self) -> None:
        """End it at once."""

    def ping(self, period: float) -> None:
        """Ping, or drop the peer that did not answer for one and a half periods."""

    def tell(self, user: Mapping[str, str], payload: Mapping[str, Any]) -> str:
        """Send an `authenticatedRpc` request."""

    def answered(self, answer: json_rpc.Answer) -> None:
        """An edge has answered a request."""
