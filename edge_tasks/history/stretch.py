"""What happens to an edge between two moments: all turns in between, in arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.engine.plant import SUMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.state_machine import Registers
    from edge_tasks.timedata.points import Whole


@dataclass(frozen=True)
class State:
    """How an edge stands at a turn.

    Attributes:
        since: epoch ms of the turn.
        energies: W*ms of positive and of negative power of the plant's first id, of the second ...
        charges: W*ms in each battery.
        lows: the lowest power of each sum so far, in W; 0 at most.
        highs: the highest; 0 at least.
    """

    since: int
    energies: Sequence[int]
    charges: Sequence[int]
    lows: Sequence[int]
    highs: Sequence[int]


@dataclass(frozen=True)
class Stretch:
    """What happens from a state on.

    Attributes:
        plant: the devices.
        before: the state at its first turn.
        turns: epoch ms.
        powers: W from each turn on, of each device and sum of the plant.
        registers: of state machines at its end, by id; not of all.
        answers: what these answered, until when (epoch ms) that holds, and the limit in W in it.
    """

    plant: Plant
    before: State
    turns: Whole
    powers: Sequence[Whole]
    registers: Mapping[str, Registers] = field(default_factory=dict)
    answers: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)

    def at(self, moments: Whole) -> Whole:
        """For each moment, the number of the turn before it, or at it."""
        return np.searchsorted(self.turns, moments, "right") - 1

    def energy(self, place: int, moments: Whole, at: Whole) -> Whole:
        """An energy in W*ms since the state before; which, by its place in :attr:`State.energies`.

        Args:
            place: of the energy.
            moments: epoch ms.
            at: for each moment, the number of the turn before it.
        """
        own = self._energies[place]
        if own is None:
            return np.zeros(len(moments), np.int64)
        power, energy = own
        return energy[at] + power[at] * (moments - self.turns[at])

    def charges(self, moments: Whole, at: Whole) -> list[Whole]:
        """The W*ms in each battery at some moments."""
        place, before = self.plant.place, self.before.charges
        places = [2 * place[battery.id] for battery in self.plant.batteries]
        return [
            charge + self.energy(one + 1, moments, at) - self.energy(one, moments, at)
            for charge, one in zip(before, places, strict=True)
        ]

    def state(self, moment: int) -> State:
        """How the edge stands at a moment."""
        moments, before = np.array([moment]), self.before
        at = self.at(moments)
        energies = (int(self.energy(place, moments, at)[0]) for place in range(len(before.energies)))
        return State(
            moment,
            [one + more for one, more in zip(before.energies, energies, strict=True)],
            [int(charge[0]) for charge in self.charges(moments, at)],
            [int(low[at[0]]) for low in self.lows],
            [int(high[at[0]]) for high in self.highs],
        )

    def memory(self, now: int, began: int) -> Memory:
        """What a simulation needs to go on from a moment of it; of state machines, from its end."""
        plant, found = self.plant, self.state(now)
        ids, at = plant.ids[: plant.devices], self.at(np.array([now]))
        power = dict(zip(ids, (int(one[at[0]]) for one in self.powers), strict=True))
        energies = iter(found.energies)
        return Memory(
            energies=dict(zip(ids, zip(energies, energies, strict=True), strict=True)),
            charges={one.id: charge for one, charge in zip(plant.batteries, found.charges, strict=True)},
            now=now,
            began=began,
            extremes=dict(zip(SUMS, zip(found.lows, found.highs, strict=True), strict=True)),
            filters={one.id: (power[one.id], None, 0) for one in plant.batteries},
            powers=power,
            seen=now,
            registers=self.registers,
            answers=self.answers,
        )

    @cached_property
    def lows(self) -> list[Whole]:
        """The lowest power of each sum so far, from each turn on."""
        sums = zip(self.powers[-len(SUMS) :], self.before.lows, strict=True)
        return [np.minimum.accumulate(np.minimum(power, low)) for power, low in sums]

    @cached_property
    def highs(self) -> list[Whole]:
        """The highest power of each sum so far, from each turn on."""
        sums = zip(self.powers[-len(SUMS) :], self.before.highs, strict=True)
        return [np.maximum.accumulate(np.maximum(power, high)) for power, high in sums]

    @cached_property
    def _energies(self) -> list[tuple[Whole, Whole] | None]:
        """The positive and the negative part of each power, and its energy until each turn; None of no power."""
        spans = np.diff(self.turns)
        signed = (part for power in self.powers for part in (power, -power))
        return [_energy(np.maximum(part, 0), spans) for part in signed]


def _energy(power: Whole, spans: Whole) -> tuple[Whole, Whole] | None:
    """A power with the energy in W*ms from the first turn until each; None where there is none."""
    if not power.any():
        return None
    energy = np.zeros(len(power), np.int64)
    np.cumsum(power[:-1] * spans, out=energy[1:])
    return power, energy
