"""Counters of what the edges of a host did together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Tally:
    """Counts since the host began.

    Attributes:
        messages: sent.
        bytes: of them, without the websocket's own.
        connects: connections that a backend kept for a while, so that it knows the apikey.
        disconnects: of them, those that ended.
        refusals: tries that a backend refused.
        dropped: cycles that were not sent because the backend took nothing, and windows too old to be sent again.
        resent: windows that were sent again.
    """

    messages: int = 0
    bytes: int = 0
    connects: int = 0
    disconnects: int = 0
    refusals: int = 0
    dropped: int = 0
    resent: int = 0
