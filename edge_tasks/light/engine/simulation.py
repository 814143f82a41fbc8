"""The devices of OpenEMS' simulator as plain arithmetic: no I/O, and time comes from the caller.

Powers are integers in W, positive for production, discharge and buying. Times are integers in ms since 1970.
Energies are kept as integers in W*ms, so integrating is exact at any step width; they are Wh when reported,
rounded down. Between two turns (a datasource's next value, a step of a battery's filter, a battery full or empty,
a state machine that may change) all powers are constant, so a cycle without a turn costs nothing but the reading
of values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.batteries import Batteries
from edge_tasks.light.engine.memory import Command, Memory
from edge_tasks.light.engine.plant import SUMS, WMS_PER_WH
from edge_tasks.light.engine.states import States
from edge_tasks.openems.milliseconds import HOUR_MS
from edge_tasks.openems.sources import NEVER, Held, Limited

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.sources import Source

AT_ONCE: Final = HOUR_MS
"""In ms. If an edge was away for longer, its batteries follow at once, because nobody saw them."""


class Simulation:
    """A plant in time.

    Args:
        plant: its devices.
        now: epoch ms, when the datasources begin.
        memory: of an earlier simulation of the same edge. This one goes on at the moment at which that one stood;
            :meth:`advance` counts what happened since. So counters never fall.
        shaped: sources that take the place of the meters' datasources, in the plant's order; None for a meter
            that keeps its own.

    Attributes:
        now: epoch ms, the moment at which it stands.
        turns: how often its powers have been determined.
        since: epoch ms of the latest turn.
        powers: W, in the order of the plant's ids.
        energies: W*ms at ``since``: of positive and of negative power of the first id, of the second ...
        commands: values that people wrote and that still hold.
        states: of the state machines.
    """

    __slots__ = (
        "_batteries",
        "_began",
        "_highs",
        "_lows",
        "_others",
        "_socs",
        "_socs_end",
        "_sources",
        "_until",
        "commands",
        "energies",
        "now",
        "plant",
        "powers",
        "since",
        "states",
        "turns",
    )

    def __init__(
        self, plant: Plant, now: int, memory: Memory | None = None, shaped: Sequence[Source | None] = ()
    ) -> None:
        past = memory or Memory({}, {})
        self.plant = plant
        self.now = self.since = now if past.now is None else past.now
        self._began = now if past.began is None else past.began
        seen = self.now if past.seen is None else past.seen
        self._batteries = Batteries(plant, past, (seen, now) if now - seen > AT_ONCE else (0, 0))
        self.energies = [energy for key in plant.ids for energy in past.energy(key)]
        self._others = past.energies_beyond(plant.place)
        self._lows = [past.extremes.get(key, (0, 0))[0] for key in SUMS]
        self._highs = [past.extremes.get(key, (0, 0))[1] for key in SUMS]
        own = shaped or [None] * len(plant.meters)
        self._sources = [
            other or datasource.since(self._began)
            for other, (_, datasource) in zip(own, plant.meters, strict=True)
        ]
        self.commands = past.commands
        self._socs: tuple[int, ...] = ()
        self._socs_end = -NEVER
        self.powers = [past.powers.get(key, 0) for key in plant.ids]
        self.states = States(plant, past)
        self.states.resume(self._read)
        self.powers[plant.battery_places] = self._batteries.powers
        for command in past.commands:
            self._hold(plant.writable.get(command.channel, ""))
        self.turns = 0
        self._until = NEVER
        self._turn()

    def advance(self, now: int) -> None:
        """Go on to an epoch ms. An earlier one than the last (if a clock was set back) changes nothing."""
        if now > self.now:
            while self._until <= now:
                self._integrate(self._until)
                self._turn()
            self.now = now

    def command(self, command: Command) -> None:
        """Have a written value hold from now on."""
        self._integrate(self.now)
        others = (one for one in self.commands if one.channel != command.channel and one.end > self.now)
        self.commands = (*others, command)
        self._hold(self.plant.writable.get(command.channel, ""))
        self._turn()

    def memory(self) -> Memory:
        """What another simulation needs to go on from here."""
        ids, batteries = self.plant.ids, self._batteries
        energies = iter(self.energies)
        return Memory(
            {**self._others, **dict(zip(ids, zip(energies, energies, strict=True), strict=True))},
            dict(zip((one.id for one in self.plant.batteries), batteries.charges, strict=True)),
            self.since,
            self._began,
            dict(zip(SUMS, zip(self._lows, self._highs, strict=True), strict=True)),
            batteries.filters(),
            tuple(one for one in self.commands if one.end > self.since),
            dict(zip(ids, self.powers, strict=True)),
            self.now,
            self.states.kept(),
            self.states.answers(),
        )

    def power(self, key: str) -> int:
        """The power of a device or a sum, in W."""
        return self.powers[self.plant.place[key]]

    def unlimited(self, key: str) -> int:
        """The power that a meter would have without a limit, in W."""
        source = self._sources[self.plant.place[key]]
        return (source.source if isinstance(source, Limited) else source).at(self.now)

    def written(self, channel: str) -> int | None:
        """The value that somebody wrote to a channel and that still holds."""
        return next((one.value for one in self.commands if one.channel == channel and one.end > self.now), None)

    def energy(self, key: str) -> tuple[int, int]:
        """Wh of an id's positive and of its negative power (both rounded down and positive)."""
        place = 2 * self.plant.place[key]
        return self.counter(place) // WMS_PER_WH, self.counter(place + 1) // WMS_PER_WH

    def net(self) -> list[int]:
        """The energy that each id gave so far, less what it took, in W*ms and in the order of the plant's ids."""
        span = self.now - self.since
        energies = self.energies
        return [
            energies[2 * place] - energies[2 * place + 1] + power * span
            for place, power in enumerate(self.powers)
        ]

    def counter(self, place: int) -> int:
        """The energy at a place of ``energies`` as of now, in W*ms."""
        power = -self.powers[place >> 1] if place & 1 else self.powers[place >> 1]
        return self.energies[place] + max(0, power) * (self.now - self.since)

    def charges(self) -> list[int]:
        """The energy in each battery, in W*ms."""
        span, powers = self.now - self.since, self.powers[self.plant.battery_places]
        return [charge - power * span for charge, power in zip(self._batteries.charges, powers, strict=True)]

    def socs(self) -> tuple[int, ...]:
        """The states of charge in percent of each battery and of all together; empty if there is none."""
        if self.now >= self._socs_end:
            self._weigh()
        return self._socs

    def socs_until(self) -> int:
        """Epoch ms until which :meth:`socs` stays as it is, unless the simulation turns before."""
        if self.now >= self._socs_end:
            self._weigh()
        return self._socs_end

    def _weigh(self) -> None:
        charges = self.charges()
        self._socs = self.plant.socs(charges)
        self._socs_end = self.now + self.plant.to_next_soc(charges, self.powers[self.plant.battery_places])

    def lowest(self, key: str) -> int:
        """The lowest power of a sum so far, in W; 0 at most."""
        return self._lows[SUMS.index(key)]

    def highest(self, key: str) -> int:
        """The highest power of a sum so far, in W; 0 at least."""
        return self._highs[SUMS.index(key)]

    def _hold(self, own_id: str) -> None:
        """Make a meter show what was written to it. A battery looks up its own in each turn."""
        place = self.plant.place.get(own_id, len(self._sources))
        if place >= len(self._sources):
            return
        source = self._sources[place]
        while isinstance(source, (Held, Limited)):
            source = source.source
        own = [one for one in self.commands if self.plant.writable.get(one.channel) == own_id]
        for command in sorted(own, key=lambda one: one.channel in self.plant.limits):
            wrapper = Limited if command.channel in self.plant.limits else Held
            source = wrapper(source, command.value, command.end)
        self._sources[place] = source

    def _integrate(self, end: int) -> None:
        """Count the energies of the powers from ``since`` to epoch ms, which becomes ``since``."""
        span = end - self.since
        if not span:
            return
        energies = self.energies
        for place, power in enumerate(self.powers):
            if power > 0:
                energies[2 * place] += power * span
            elif power < 0:
                energies[2 * place + 1] -= power * span
        self._batteries.count(self.powers[self.plant.battery_places], span)
        self.since = self.now = end

    def _turn(self) -> None:
        """Determine all powers and states as of ``since``, and how long they stay as they are."""
        states, now = self.states, self.since
        self._balance(states.limits(now, self.powers, self.energies, self._read))
        self._until = min(self._until, states.switch(now, self.powers, self.energies, self._read))
        self._weigh()
        if self.plant.watches_socs or self.plant.clusters:
            self._until = min(self._until, self._socs_end)
        self.turns += 1

    def _read(self, number: int) -> tuple[int | None, ...]:
        """What the state machine of a number reads."""
        return tuple([read(self, self.powers) for read in self.plant.inputs[number]])

    def _balance(self, limits: Mapping[str, int]) -> None:
        """Determine all powers.

        Args:
            limits: W that batteries and clusters give at most, by their ids.
        """
        now, plant = self.since, self.plant
        sources = self._sources
        made = [source.at(now) for source in sources]
        producers, demands = len(plant.producers), len(sources) - len(plant.demands)
        production, consumption = sum(made[:producers]), sum(made[producers:demands])
        if plant.demands:
            consumption = production + sum(made[demands:])
        rest = consumption - production
        before = self.powers[plant.battery_places]
        stored = self._batteries.lead(now, before, rest, limits, self.commands)
        rest -= sum(stored)
        self._until = min([self._batteries.until, *(source.until(now) for source in sources)])
        grid = [*made[demands:], *[0] * (len(plant.grid) - len(plant.demands))]
        if grid:
            grid[0] += rest - sum(grid)  # of several, the first by id has all that is left
        sums = [production, consumption, consumption - production - rest, rest]
        clusters = [sum([stored[number] for number in one.members]) for one in plant.clusters]
        if plant.exchanged:
            given = sum([power for power in stored if power > 0])
            clusters += (given, sum(stored) - given)
        self.powers = [*made, *grid, *stored, *clusters, *sums, *self._switched()]
        for place, power in enumerate(sums):
            if power < self._lows[place]:
                self._lows[place] = power
            elif power > self._highs[place]:
                self._highs[place] = power

    def _switched(self) -> list[int]:
        """What relays and state machines had set; relays take what somebody wrote to them.

        The first turn repeats the last one of an earlier simulation, which has taken that already.
        """
        first, outputs = self.plant.devices, self.plant.outputs
        kept = self.powers[first:]
        for command in self.commands if self.turns else ():
            if command.channel in outputs and command.end > self.since:
                value = command.value if command.channel in self.plant.numbers else min(1, abs(command.value))
                kept[outputs.index(command.channel)] = value
        return kept
