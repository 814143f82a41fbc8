"""What the stand-in counts, as whole numbers, because ten thousand messages may come in a second. No I/O."""

from __future__ import annotations

from typing import Final

DATA: Final = "timestampedData"
METHODS: Final = (
    DATA,
    *("aggregatedData", "resendData", "edgeConfig", "systemLog", "logMessage", "appCenter"),
    *("other", "answer", "invalid"),
)
"""The kinds of messages that are counted: methods, then any other method, answers, and what is no JSON-RPC."""


class Counters:
    """Counts since the process began; none ever falls.

    Attributes:
        data: `timestampedData` notifications, which are nearly all.
        messages: all others, by kind.
        received: bytes of all messages, without their frames.
        connects: sockets that were accepted.
        disconnects: how many of those have ended.
        refusals: sockets with an unknown or missing apikey.
        unanswered: sockets that were dropped because they did not answer pings.
        requests: requests that were sent to edges.
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
        """Count a message by its method; one that is not in the list counts as another method."""
        if method == DATA:
            self.data += 1
        else:
            self.messages[method if method in self.messages else "other"] += 1

    def by_method(self) -> dict[str, int]:
        """The counts of all messages, by the names in :data:`METHODS`."""
        return {DATA: self.data, **self.messages}
