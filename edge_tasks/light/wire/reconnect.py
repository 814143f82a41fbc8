"""How long an edge waits before it connects again. No I/O; chance is injected."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.light.wire import protocol

if TYPE_CHECKING:
    import random

QUICK: Final = "quick"
OPENEMS: Final = "openems"
POLICIES: Final = (QUICK, OPENEMS)
_SHORTEST: Final = 10
_SPREAD: Final = 100
_RESEND_OPENEMS: Final = (300_000, 3_900_000)
_RESEND_QUICK: Final = (10_000, 40_000)


@dataclass(frozen=True)
class ReconnectPolicy:
    """What edges do after a connection ended or failed.

    Attributes:
        name: ``quick``: at once, and less and less often while that fails. ``openems``: as a real edge of
            2024.7.0, whose worker waits 10 to 109 s, a time drawn once for the life of its JVM.
        life: a number of this run of the host; another number draws other waits for ``openems``.
    """

    name: str
    life: int

    def wait(self, edge: str, failures: int, rng: random.Random) -> float:
        """The seconds before the next try of the named edge, after so many failures in a row (from 1)."""
        if self.name == OPENEMS:
            return float(_SHORTEST + zlib.crc32(f"{self.life}/{edge}".encode()) % _SPREAD)
        return protocol.wait(failures, rng)

    def resend_after(self, rng: random.Random) -> int:
        """How many ms after a connect what was not heard is sent: seconds, or OpenEMS' 5 to 65 minutes."""
        low, high = _RESEND_OPENEMS if self.name == OPENEMS else _RESEND_QUICK
        return rng.randint(low, high)
