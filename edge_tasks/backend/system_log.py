"""An edge's log, which nobody reads here. No I/O."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from edge_tasks.backend.sockets import Socket

_NOBODY: Final = {
    "id": "internal",
    "name": "UnsubscribeSystemLogNotification",
    "language": "EN",
    "role": "guest",
}
"""The user in whose name OpenEMS stops a log that nobody reads."""


def stop(socket: Socket) -> None:
    """Ask an edge not to send its log any more, as OpenEMS does when a line comes that nobody wants."""
    request = {"jsonrpc": "2.0", "method": "subscribeSystemLog", "params": {"subscribe": False}}
    socket.tell(_NOBODY, {**request, "id": str(uuid.uuid4())})
