"""What the stand-in counts: plain whole numbers, for ten thousand messages a second pass by. Does no I/O."""

from __future__ import annotations

from typing import Final

DATA: Final = "timestampedData"
METHODS: Final = (
    DATA,
    *("aggregatedData", "resendData", "edgeConfig", "systemLog", "logMessage", "appCenter"),
    *("other", "answer", "invalid"),
)
"""As which messages are counted: by method, or as another method, an answer to a request, no JSON-RPC at all."""


class Counters:
    """Since the process began; none ever falls.

    Attributes:
        data: `timestampedData` notifications, which are nearly all.
        messages: the others, by the words of :data:`METHODS`.
        received: bytes of all messages, without their frames.
        connects: sockets that were accepted.
        disconnects: of those, how many have ended.
        refusals: sockets with an unknown or missing apikey.
        unanswered: sockets that were dropped since they did not answer pings.
        requests: that were sent to edges.
    """

    __slots__ = ("connects", "data", "disconnects", "messages", "received", "refusals", "requests", "unanswered")

    def __init__(self) -> None:
        self.data = 0
        self.messages = dict.fromkeys(METHODS[1:], 0)
        self.received = 0
        self.connects = 0
        self.disconnects = 0
        self.refusals = 0
        self.unanswered = 0
        self.requests = 0

    def count(self, method: str) -> None:
        """A message came whose method is this; one that is not in the list is another."""
        if method == DATA:
            self.data += 1
        else:
            self.messages[method if method in self.messages else "other"] += 1

    def by_method(self) -> dict[str, int]:
        """All messages, by the words of :data:`METHODS`."""
        return {DATA: self.data, **self.messages}
