"""The life of any edge, as its simulation goes through it turn by turn: exact by itself, and slow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from edge_tasks.history.stretch import State, Stretch
from edge_tasks.light.engine.plant import SUMS
from edge_tasks.light.engine.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.sources import Source


class Recorded(Simulation):
    """A simulation without filters that remembers its turns.

    Args:
        plant: the devices.
        sources: of its meters, in the plant's order.
        begin: epoch ms.
    """

    __slots__ = ("_seen", "_turns")

    def __init__(self, plant: Plant, sources: Sequence[Source], begin: int) -> None:
        self._turns: list[tuple[int, Sequence[int]]] = []
        super().__init__(replace(plant, gains=None), begin, shaped=sources)
        self._seen = self._state()

    def stretch(self, end: int) -> Stretch:
        """What happens from the last turn of the stretch before until epoch ms."""
        before = self._seen
        self.advance(end)
        turns, self._turns = self._turns, self._turns[-1:]
        self._seen = self._state()
        powers = np.array([powers for _, powers in turns], np.int64).reshape(len(turns), -1)
        moments = np.array([moment for moment, _ in turns], np.int64)
        kept, answers = self.states.kept(), self.states.answers()
        return Stretch(self.plant, before, moments, list(powers.T), kept, answers)

    def _turn(self) -> None:
        super()._turn()
        self._turns.append((self.since, self.powers[: self.plant.devices]))

    def _state(self) -> State:
        """How it stands at its last turn."""
        memory, count = self.memory(), 2 * self.plant.devices
        lows, highs = ([ask(key) for key in SUMS] for ask in (self.lowest, self.highest))
        return State(self.since, self.energies[:count], list(memory.charges.values()), lows, highs)
