"""An edge's socket as the core of the stand-in uses it, whatever library holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge_tasks.backend.known_devices import Connection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.backend.json_rpc import Answer
    from edge_tasks.backend.known_devices import Devices


class Socket(Connection, Protocol):
    """What a connection can be told, beyond what its device asks of it."""

    def admit(self, devices: Devices) -> None:
        """Become the connection of the apikey's device, or be refused."""

    def close(self) -> None:
        """Send a close frame with code 1001."""

    def drop(self) -> None:
        """End it at once, without a close frame."""

    def ping(self, period: float) -> None:
        """Send a ping, or drop the socket when it did not answer for one and a half periods (seconds)."""

    def tell(self, user: Mapping[str, str], payload: Mapping[str, object]) -> str:
        """Send an `authenticatedRpc` request, and return its id."""

    def answered(self, answer: Answer) -> None:
        """Take over an answer to a request."""
