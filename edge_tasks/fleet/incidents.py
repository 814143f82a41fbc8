"""What went wrong in the past of a light edge, on purpose. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GAP: Final = "gap"
LATE: Final = "late"
DUPLICATES: Final = "duplicates"
CLOCK: Final = "clock"
METER_REPLACED: Final = "meter-replaced"
COUNTER_RESET: Final = "counter-reset"
JOINED: Final = "joined"
LEFT: Final = "left"
RESETS: Final = frozenset({METER_REPLACED, COUNTER_RESET})
"""After these, counters begin at 0 again."""


@dataclass(frozen=True)
class Incident:
    """Something that went wrong at an edge.

    Attributes:
        kind: one of those above.
        begin: epoch ms.
        end: epoch ms, when it was over; of what happened at one moment, that moment.
        of: the meter that was replaced, or the channel whose counter was reset; empty for all counters.
        shift_ms: by how much the edge's clock was fast.
    """

    kind: str
    begin: int
    end: int
    of: str = ""
    shift_ms: int = 0

    @property
    def is_span(self) -> bool:
        """Whether it lasted, so that no other one can have been at the same time."""
        return self.kind in {GAP, LATE, DUPLICATES, CLOCK}

    def has(self, channel: str) -> bool:
        """Whether it resets the counter that a channel shows."""
        if self.kind == METER_REPLACED:
            return channel.partition("/")[0] == self.of
        return self.kind == COUNTER_RESET and self.of in ("", channel)


def left_at(incidents: tuple[Incident, ...], otherwise: int) -> int:
    """Epoch ms, when an edge left; ``otherwise`` if it did not."""
    return next((one.begin for one in incidents if one.kind == LEFT), otherwise)


def joined_at(incidents: tuple[Incident, ...], otherwise: int) -> int:
    """Epoch ms, when an edge joined; ``otherwise`` if it was there from the beginning."""
    return next((one.begin for one in incidents if one.kind == JOINED), otherwise)
