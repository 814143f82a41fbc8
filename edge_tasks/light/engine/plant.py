"""An edge's devices as the simulation sees them: what has a power, in the order of its lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.pid_filter import DEFAULT, Gains
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge_tasks.light.engine.control import Control
    from edge_tasks.light.engine.state_machine import Answer, StateMachine
    from edge_tasks.openems.sources import Datasource

WMS_PER_WH: Final = 3_600_000
PRODUCTION: Final = "_production"
CONSUMPTION: Final = "_consumption"
ESS: Final = "_ess"
GRID: Final = "_grid"
GIVEN: Final = "_ess_given"
TAKEN: Final = "_ess_taken"
SUMS: Final = (PRODUCTION, CONSUMPTION, ESS, GRID)
_HALF_A_PERCENT: Final = 200
"""How many halves of a percent are the whole."""


@dataclass(frozen=True)
class Battery:
    """One battery (ESS).

    Attributes:
        id: e.g. ``ess0``.
        capacity: Wh; as in OpenEMS' simulator it also bounds charging and discharging, as W.
        initial_soc: percent.
        max_power: W, of charging and of discharging.
        controls: what is asked of it, in the order in which that counts.
    """

    id: str
    capacity: int
    initial_soc: int
    max_power: int
    controls: tuple[Control, ...] = ()

    @cached_property
    def full(self) -> int:
        """The energy of its whole capacity, in W*ms."""
        return self.capacity * WMS_PER_WH

    @cached_property
    def empty_below(self) -> int:
        """W*ms below which it cannot be discharged: its state of charge is rounded to 0 % there."""
        return self.full // _HALF_A_PERCENT

    @cached_property
    def full_from(self) -> int:
        """W*ms from which on it cannot be charged: its state of charge is rounded to 100 % there."""
        return self.full - self.full // _HALF_A_PERCENT

    @cached_property
    def limit(self) -> int:
        """The highest power of charging and discharging, in W."""
        return min(self.capacity, self.max_power)

    def lasts(self, charge: int, power: int) -> int:
        """The ms for which it can have a power that is not 0 W; 0 if it is full or empty.

        ``Simulator.EssSymmetric.Reacting`` of OpenEMS 2024.7.0 looks at the rounded state of charge. So it stops
        at 99.5 and below 0.5 %.
        """
        if power < 0:
            return max(0, -((self.full_from - charge) // power))
        return max(0, (charge - self.empty_below) // power + 1)


@dataclass(frozen=True)
class Group:
    """Batteries that are led together: those of a cluster, or one alone.

    Attributes:
        id: of the cluster or the battery.
        members: the numbers of the batteries.
        controls: what is asked of them, in the order in which that counts.
    """

    id: str
    members: tuple[int, ...]
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True)
class Plant:
    """The enabled devices of an edge: meters by id with their datasources, grid meters, batteries.

    Attributes:
        grid: the grid meters. Those that act are the first.
        gains: of the filter that batteries follow; None when it is switched off.
        writable: the channels that take a value, with the id of the device whose power that value becomes.
        outputs: the channels of relays, which are 0 or 1, and those of state machines that keep numbers.
        machines: components that have a state, by id.
        inputs: what each of them reads, as functions of a simulation and its powers.
        watches_socs: whether one of them reads a state of charge.
        answers: of them, which edges share.
        demands: what each grid meter that acts would measure without batteries, by the channel that shows it.
        limits: the channels among the writable ones that take a limit of a meter's power.
        clusters: batteries that are led together.
        without_phases: the ids of the meters that do not say what is on each phase.
    """

    producers: tuple[tuple[str, Datasource], ...]
    consumers: tuple[tuple[str, Datasource], ...]
    grid: tuple[str, ...]
    batteries: tuple[Battery, ...]
    gains: Gains | None = DEFAULT
    writable: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    machines: tuple[tuple[str, StateMachine], ...] = ()
    inputs: tuple[tuple[Callable[..., int | None], ...], ...] = field(default=(), compare=False)
    watches_socs: bool = field(default=False, compare=False)
    answers: dict[Answer, Answer] = field(default_factory=dict, compare=False, repr=False)
    demands: tuple[tuple[str, Datasource], ...] = ()
    limits: frozenset[str] = frozenset()
    without_phases: frozenset[str] = frozenset()
    clusters: tuple[Group, ...] = ()

    @cached_property
    def meters(self) -> tuple[tuple[str, Datasource], ...]:
        """What has a datasource: meters, and the demands."""
        return (*self.producers, *self.consumers, *self.demands)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of all that has a power, in the order of the simulation's lists: devices, then the sums.

        Behind them are the channels that state machines set, as if they were powers: so they have averages, and
        cumulated seconds are counted as energies are.
        """
        batteries = (battery.id for battery in self.batteries)
        clusters = (cluster.id for cluster in self.clusters)
        own = (address for _, machine in self.machines for address in machine.own)
        sums = (*self.exchanged, *SUMS)
        return (*(key for key, _ in self.meters), *self.grid, *batteries, *clusters, *sums, *self.outputs, *own)

    @cached_property
    def exchanged(self) -> tuple[str, ...]:
        """What all batteries give and what all take, which are two sums if there are several."""
        return (GIVEN, TAKEN) if len(self.batteries) > 1 else ()

    @cached_property
    def battery_places(self) -> slice:
        """Where the batteries are among these ids."""
        first = len(self.meters) + len(self.grid)
        return slice(first, first + len(self.batteries))

    @cached_property
    def devices(self) -> int:
        """How many of these ids are devices and sums."""
        storages = len(self.batteries) + len(self.clusters) + len(self.exchanged)
        return len(self.meters) + len(self.grid) + storages + len(SUMS)

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each id is in those lists."""
        return {key: place for place, key in enumerate(self.ids)}

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The outputs that keep numbers."""
        return frozenset(address for _, machine in self.machines for address in machine.numbers)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """All batteries, each in one group, in the order of the groups' ids."""
        led = {number for cluster in self.clusters for number in cluster.members}
        alone = [
            Group(battery.id, (number,), battery.controls)
            for number, battery in enumerate(self.batteries)
            if number not in led
        ]
        return tuple(sorted((*self.clusters, *alone), key=lambda group: group.id))

    @cached_property
    def limited(self) -> dict[int, str]:
        """The numbers of the state machines that limit a battery or a cluster, and the id of that."""
        storages = {*(battery.id for battery in self.batteries), *(cluster.id for cluster in self.clusters)}
        found = ((number, machine.battery) for number, (_, machine) in enumerate(self.machines))
        return {number: battery for number, battery in found if battery in storages}

    @cached_property
    def switching(self) -> tuple[int, ...]:
        """The numbers of the other state machines."""
        return tuple(number for number in range(len(self.machines)) if number not in self.limited)

    def renewed(self, former: Plant) -> set[str]:
        """The ids of state machines that begin anew: a former plant had them with another configuration."""
        known = dict(former.machines)
        changed = ((own_id, one) for own_id, one in self.machines if known.get(own_id, one) != one)
        return {own_id for own_id, one in changed if one.forgets}

    def machine(self, own_id: str) -> int:
        """The number of a component among the state machines."""
        return next(number for number, (key, _) in enumerate(self.machines) if key == own_id)

    def cluster(self, own_id: str) -> Group:
        """The cluster of an id."""
        return next(one for one in self.clusters if one.id == own_id)

    def battery(self, own_id: str) -> tuple[int, Battery]:
        """The battery of an id, and its number among the batteries."""
        return next((number, one) for number, one in enumerate(self.batteries) if one.id == own_id)

    def socs(self, charges: Sequence[int]) -> tuple[int, ...]:
        """The states of charge in percent of each battery and of all together, from their W*ms; empty if none."""
        if not self.batteries:
            return ()
        each = [_soc(charge, battery.full) for charge, battery in zip(charges, self.batteries, strict=True)]
        return (*each, self._together(each, range(len(each))))

    def soc_of(self, cluster: Group, socs: Sequence[int]) -> int:
        """The state of charge in percent of a cluster, by those of all batteries."""
        return self._together(socs, cluster.members)

    def to_next_soc(self, charges: Sequence[int], powers: Sequence[int]) -> int:
        """The ms until one of these states of charge is another, with these powers of the batteries in W."""
        fulls = [battery.full for battery in self.batteries]
        return min((_to_next_soc(*one) for one in zip(charges, fulls, powers, strict=True)), default=NEVER)

    def _together(self, socs: Sequence[int], members: Sequence[int]) -> int:
        """Whole percentages weighed by capacity: ``CalculateSoc.java:66`` of OpenEMS 2024.7.0."""
        if len(members) == 1:
            return socs[members[0]]
        capacity = sum(self.batteries[number].capacity for number in members)
        return _half_up(sum(socs[number] * self.batteries[number].capacity for number in members), capacity)


def _to_next_soc(charge: int, full: int, power: int) -> int:
    if not full or not power:
        return NEVER
    step = (200 * charge + full) % (2 * full)
    return -(-(2 * full - step) // (-200 * power)) if power < 0 else step // (200 * power) + 1


def _soc(charge: int, full: int) -> int:
    """A state of charge in percent, rounded as OpenEMS does."""
    return _half_up(100 * charge, full)


def _half_up(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole) if whole else 0
