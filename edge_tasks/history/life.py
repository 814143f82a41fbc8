"""The life of a light edge, computed in arrays: from a moment on, stretch by stretch.

A stretch goes from one state to a later one. It has all turns in between: the moments at which a power changes.
The state is always that of a turn of a source, as the simulation's memory is. So it does not matter how a span
is divided into stretches.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from edge_tasks.history import battery, sources
from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.engine.plant import SUMS
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.sources import Source
    from edge_tasks.timedata.points import Whole

_MOST: Final = 40_000
"""A long life takes no more memory than a short one."""


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
    """What happens from a state on, until some moment.

    Attributes:
        plant: the devices.
        before: the state at its first turn.
        turns: epoch ms.
        powers: W from each turn on, of each id of the plant.
    """

    plant: Plant
    before: State
    turns: Whole
    powers: Sequence[Whole]

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


@dataclass(frozen=True)
class Life:
    """An edge as it lives from a moment on.

    Attributes:
        plant: its devices; batteries follow at once.
        sources: of its meters, in the plant's order.
        begin: epoch ms.
    """

    plant: Plant
    sources: Sequence[Source]
    begin: int

    @property
    def birth(self) -> State:
        """The state in which it begins."""
        charges = [one.full * one.initial_soc // 100 for one in self.plant.batteries]
        nothing = (0,) * len(SUMS)
        return State(self.begin, (0, 0) * self.plant.devices, charges, nothing, nothing)

    def stretches(self, end: int, every: int, most: int = _MOST) -> Iterator[tuple[int, int, Stretch]]:
        """All of it until ``end``: each stretch with the moments from which and until which it may be asked.

        Args:
            end: epoch ms, after the beginning.
            every: ms between two moments that will be asked for.
            most: about so many turns, or moments that are asked for, are in one stretch.
        """
        state, begin = self.birth, self.begin
        while begin < end:
            until = min(end, begin + most * min(every, self._shortest(begin)))
            stretch, state = self.stretch(state, until)
            yield begin, until, stretch
            begin = until

    def stretch(self, state: State, end: int) -> tuple[Stretch, State]:
        """What happens from a state until ``end``, and the state at the last turn of a source before it."""
        plant = self.plant
        turns = sources.turns(self.sources, state.since, end)
        made = [sources.powers(source, turns) for source in self.sources]
        production, consumption = (_sum(some, len(turns)) for some in self._parted(made))
        followed = battery.follow(plant.batteries, turns, end, consumption - production, state.charges)
        stored, of = _sum(followed.powers, len(followed.of)), followed.of
        production, consumption = production[of], consumption[of]
        rest = consumption - production - stored
        grid = [rest if number == 0 else np.zeros_like(rest) for number in range(len(plant.grid))]
        powers = [*(one[of] for one in made), *grid, *followed.powers, production, consumption, stored, rest]
        lived = Stretch(plant, state, followed.turns, powers)
        return lived, _last(lived, int(turns[-1]), followed.charges)

    def memory(self, stretch: Stretch, now: int) -> Memory:
        """What a simulation needs to go on from a moment of a stretch."""
        plant, before, moments = self.plant, stretch.before, np.array([now])
        devices = plant.ids[: plant.devices]
        at = stretch.at(moments)
        places = range(len(before.energies))
        energies = [before.energies[place] + int(stretch.energy(place, moments, at)[0]) for place in places]
        power = [int(one[at[0]]) for one in stretch.powers]
        charges = zip(plant.batteries, stretch.charges(moments, at), strict=True)
        extremes = zip(SUMS, stretch.lows, stretch.highs, strict=True)
        return Memory(
            energies=dict(zip(devices, zip(energies[::2], energies[1::2], strict=True), strict=True)),
            charges={one.id: int(charge[0]) for one, charge in charges},
            now=now,
            began=self.begin,
            extremes={key: (int(low[at[0]]), int(high[at[0]])) for key, low, high in extremes},
            filters={one.id: (power[plant.place[one.id]], None, 0) for one in plant.batteries},
            powers=dict(zip(devices, power, strict=True)),
            seen=now,
        )

    def _parted(self, made: Sequence[Whole]) -> tuple[Sequence[Whole], Sequence[Whole]]:
        producers = len(self.plant.producers)
        return made[:producers], made[producers:]

    def _shortest(self, moment: int) -> int:
        """The ms for which the powers of the quickest source hold."""
        return min((sources.step(source, moment) for source in self.sources), default=NEVER)


def _last(stretch: Stretch, since: int, charges: Sequence[int]) -> State:
    """The state at a turn of a source, which is the last one of a stretch."""
    moments, before = np.array([since]), stretch.before
    at = stretch.at(moments)
    energies = (int(stretch.energy(place, moments, at)[0]) for place in range(len(before.energies)))
    return State(
        since,
        [one + more for one, more in zip(before.energies, energies, strict=True)],
        charges,
        [int(low[at[0]]) for low in stretch.lows],
        [int(high[at[0]]) for high in stretch.highs],
    )


def _energy(power: Whole, spans: Whole) -> tuple[Whole, Whole] | None:
    """A power with the energy in W*ms from the first turn until each; None where there is none."""
    if not power.any():
        return None
    energy = np.zeros(len(power), np.int64)
    np.cumsum(power[:-1] * spans, out=energy[1:])
    return power, energy


def _sum(powers: Sequence[Whole], count: int) -> Whole:
    return sum(powers, np.zeros(count, np.int64))
