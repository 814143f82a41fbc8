"""The counters of an edge that begin again at 0. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from edge_tasks.fleet.incidents import RESETS
from edge_tasks.history.samples import watt_hours

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.stretch import Stretch
    from edge_tasks.light.engine.channels import Channels
    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.timedata.points import Whole


class Resets:
    """Goes along with the stretches of a life.

    Args:
        plant: the edge's devices.
        channels: of the edge.
        incidents: of the edge.
    """

    def __init__(self, plant: Plant, channels: Channels, incidents: Sequence[Incident]) -> None:
        self._plant = plant
        self._names: dict[int, tuple[str, ...]] = {}
        self._moments: dict[int, list[int]] = {}
        self._lost: dict[int, int] = {}
        resets = sorted((one for one in incidents if one.kind in RESETS), key=lambda one: one.begin)
        for place, names in _counted(plant, channels):
            if moments := [one.begin for one in resets if one.has(names[0])]:
                self._names[place], self._moments[place] = names, moments

    def counters(self, stretch: Stretch, begin: int, until: int, moments: Whole) -> dict[str, Whole]:
        """What the counters show that were reset before the end of a stretch, by channel.

        Args:
            stretch: the next one of the life.
            begin: epoch ms, from which on it is looked at.
            until: epoch ms, before which it is.
            moments: epoch ms within these.
        """
        at = stretch.at(moments)
        found: dict[str, Whole] = {}
        for place, names in self._names.items():
            before, energy = stretch.before.energies[place], stretch.energy(place, moments, at)
            shown = watt_hours(before - self._lost.get(place, 0), energy)
            for moment in self._moments[place]:
                if begin <= moment < until:
                    self._lost[place] = _counted_until(stretch, place, moment)
                    later = moments >= moment
                    shown[later] = watt_hours(before - self._lost[place], energy[later])
            found |= dict.fromkeys(names, shown)
        return found

    def remembered(self, memory: Memory) -> Memory:
        """What the live edge goes on with, so that it counts on from what the counters show last."""
        energies = dict(memory.energies)
        for place, lost in self._lost.items():
            own_id, sign = self._plant.ids[place // 2], place % 2
            positive, negative = energies[own_id]
            energies[own_id] = (positive, negative - lost) if sign else (positive - lost, negative)
        return replace(memory, energies=energies)


def counters_of(plant: Plant, channels: Channels) -> list[str]:
    """The channels whose counters can be reset. One that shows the same counter as another goes along with it."""
    return [names[0] for _, names in _counted(plant, channels)]


def _counted(plant: Plant, channels: Channels) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The channels of each counter, by its place among the energies of a state."""
    return ((place, text.names) for place, text in channels.counted if place < 2 * plant.devices)


def _counted_until(stretch: Stretch, place: int, moment: int) -> int:
    """The W*ms that have been counted until a moment of a stretch."""
    moments = np.array([moment])
    return stretch.before.energies[place] + int(stretch.energy(place, moments, stretch.at(moments))[0])
