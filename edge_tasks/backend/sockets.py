"""An edge's socket and the core of a program as they use each other, whatever library holds the socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge_tasks.backend.known_devices import Connection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.backend.counters import Counters
    from edge_tasks.backend.json_rpc import Answer
    from edge_tasks.backend.known_devices import Device, Devices
    from edge_tasks.backend.lines import Lines


class Line(Protocol):
    """An open connection, of one edge or of the program that holds the sockets of many."""

    def admit(self, devices: Devices) -> None:
        """Learn which devices there are; an edge is refused if it is none of them."""

    def close(self) -> None:
        """Send a close frame with code 1001."""

    def drop(self) -> None:
        """End it at once, without a close frame."""

    def ping(self, period: float) -> None:
        """Send a ping, or drop the line when it did not answer for one and a half periods (seconds)."""


class Socket(Connection, Protocol):
    """What an edge can be told, beyond what its device asks of it."""

    def tell(self, user: Mapping[str, str], payload: Mapping[str, object]) -> str:
        """Send an `authenticatedRpc` request, and return its id."""

    def answered(self, answer: Answer) -> None:
        """Take over an answer to a request."""


class Hub(Protocol):
    """The core of a program that edges connect to."""

    @property
    def counters(self) -> Counters:
        """What came, since the process began."""

    @property
    def lines(self) -> Lines:
        """The open connections."""

    def arrived(self, line: Line) -> None:
        """Admit a line that was opened, at once or when the devices are known."""

    def joined(self, socket: Socket, devices: Devices, device: Device) -> None:
        """Note that a device has a connection more."""

    def left(self, socket: Socket, devices: Devices, device: Device) -> None:
        """Note that such a connection has ended."""

    def take(self, socket: Socket, devices: Devices, device: Device, text: bytes) -> bytes | None:
        """Take over a message of an edge, and return the answer if it is a request that can be answered now.

        Raises:
            InvalidMessageError: it is no message.
        """
