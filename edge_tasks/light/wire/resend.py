"""What a backend missed of an edge, as ``resendData`` for when it is back.

A simulation is deterministic, so nothing is recorded while an edge is cut off: its state at the last message is
kept, and what happened since is simulated again when the backend is back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire import protocol
from edge_tasks.light.wire.window import LENGTH, windows
from edge_tasks.openems.milliseconds import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.light.wire.model import Model
    from edge_tasks.openems.sources import Source

LONGEST: Final = DAY_MS
"""In ms. What is older is not sent, and counted as dropped."""


def unheard(model: Model, memory: Memory, shaped: Sequence[Source | None], until: int) -> Iterator[bytes]:
    """The messages of all five-minute windows since an edge was cut off, that one included.

    Args:
        model: what the edge is.
        memory: as it was when it was heard last.
        shaped: sources of its meters; see :class:`.Simulation`.
        until: epoch ms, when it was heard again.
    """
    seen = memory.seen if memory.seen is not None else until
    start = max(seen, until - LONGEST) // LENGTH * LENGTH
    simulation = Simulation(model.plant, seen, memory, shaped)
    simulation.advance(start)
    for window, text in windows(simulation, model.channels, until):
        yield protocol.resend_data(window, text)


def lost(memory: Memory, until: int) -> int:
    """How many windows are older than what is sent."""
    seen = memory.seen if memory.seen is not None else until
    return max(0, until - LONGEST - seen) // LENGTH
