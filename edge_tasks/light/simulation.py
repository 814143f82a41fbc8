"""The devices of OpenEMS' simulator as plain arithmetic: no I/O, and time comes from the caller.

Powers are integers in W, positive for production, discharge and buying. Times are integers in ms. Energies are
kept as integers in W*ms, so integrating is exact at any step width; they are Wh when reported, rounded down.
Between two events (a datasource's next value, a battery full or empty) all powers are constant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edge_tasks.light.components import Component

WMS_PER_WH: Final = 3_600_000
PRODUCTION: Final = "_production"
CONSUMPTION: Final = "_consumption"
ESS: Final = "_ess"
GRID: Final = "_grid"

_DATASOURCE: Final = "Simulator.Datasource.Single.Direct"
_PRODUCTION_METER: Final = "Simulator.ProductionMeter.Acting"
_CONSUMPTION_METER: Final = "Simulator.NRCMeter.Acting"
_GRID_METER: Final = "Simulator.GridMeter.Reacting"
_ESS: Final = "Simulator.EssSymmetric.Reacting"
_BALANCING: Final = "Controller.Symmetric.Balancing"
_LIMIT: Final = "Controller.Ess.LimitTotalDischarge"
_SIMULATED: Final = frozenset(
    {_DATASOURCE, _PRODUCTION_METER, _CONSUMPTION_METER, _GRID_METER, _ESS, _BALANCING, _LIMIT}
)
_WITHOUT_EFFECT: Final = ("Controller.Api.", "Controller.Debug.", "Scheduler.", "Timedata.", "Core.")
_SINGLETONS: Final = ("Ess.Power", "Evcs.SlowPowerIncreaseFilter")


@dataclass(frozen=True)
class Datasource:
    """A series of powers in W; ``step`` is the ms between two of them, 0 for the first one only."""

    values: tuple[int, ...]
    step: int

    def at(self, elapsed: int) -> int:
        """The power after so many ms; the series begins anew at its end."""
        if not self.values:
            return 0
        return self.values[elapsed // self.step % len(self.values)] if self.step else self.values[0]


@dataclass(frozen=True)
class Battery:
    """One ESS.

    Attributes:
        id: e.g. ``ess0``.
        capacity: Wh.
        initial_soc: percent.
        max_power: W, of charging and of discharging.
        min_soc: percent, below which it is not discharged.
        target: W at the grid that balancing aims at; None when nothing controls the battery.
    """

    id: str
    capacity: int
    initial_soc: int
    max_power: int
    min_soc: int
    target: int | None

    @property
    def full(self) -> int:
        """W*ms when full."""
        return self.capacity * WMS_PER_WH

    @property
    def floor(self) -> int:
        """W*ms below which it is not discharged."""
        return self.full * self.min_soc // 100


@dataclass(frozen=True)
class Plant:
    """The enabled devices of an edge: meters by id with their datasources, batteries, grid meters."""

    producers: tuple[tuple[str, Datasource], ...]
    consumers: tuple[tuple[str, Datasource], ...]
    grid: tuple[str, ...]
    batteries: tuple[Battery, ...]


@dataclass(frozen=True)
class Memory:
    """What outlives a change of the configuration and a restart.

    Attributes:
        energies: of positive and of negative power in W*ms, by id.
        charges: W*ms in each battery, by id.
        now: ms, the moment that this was so; None for whichever moment it is taken up at.
        began: ms, when the datasources began; None likewise.
        extremes: lowest and highest power so far, by id.
    """

    energies: Mapping[str, tuple[int, int]]
    charges: Mapping[str, int]
    now: int | None = None
    began: int | None = None
    extremes: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def plant_of(components: Iterable[Component]) -> Plant:
    """The devices that enabled components describe."""
    active = [component for component in components if component.enabled]
    return Plant(
        _metered(active, _PRODUCTION_METER),
        _metered(active, _CONSUMPTION_METER),
        tuple(one.id for one in active if one.factory_pid == _GRID_METER),
        tuple(_battery(one, active) for one in active if one.factory_pid == _ESS),
    )


def unsimulated(components: Iterable[Component]) -> tuple[str, ...]:
    """The factory PIDs of enabled components that would act on a real edge, but do nothing here."""
    pids = {one.factory_pid for one in components if one.enabled} - _SIMULATED
    return tuple(sorted(pid for pid in pids if not pid.startswith(_WITHOUT_EFFECT) and pid not in _SINGLETONS))


class Simulation:
    """A plant in time.

    Args:
        plant: its devices.
        now: ms, when the datasources begin.
        memory: of an earlier simulation of the same edge, so that counters never fall: this one goes on at the
            moment where that one was, and has what happened since counted by :meth:`advance`.
    """

    def __init__(self, plant: Plant, now: int, memory: Memory | None = None) -> None:
        self.plant = plant
        past = memory or Memory({}, {})
        self.now = now if past.now is None else past.now
        self._began = now if past.began is None else past.began
        self._energies = dict(past.energies)
        self._charges = {one.id: _initial(one, past.charges) for one in plant.batteries}
        self.powers: dict[str, int] = {}
        self.extremes = dict(past.extremes)
        self._balance()

    def advance(self, now: int) -> None:
        """Go on to a time in ms; an earlier one than the last (a clock set back) changes nothing."""
        while self.now < now:
            span = min(now - self.now, self._constant_for())
            self._integrate(span)
            self.now += span
            self._balance()

    def memory(self) -> Memory:
        """The counters and charges as they stand."""
        return Memory(dict(self._energies), dict(self._charges), self.now, self._began, dict(self.extremes))

    def energy(self, key: str) -> tuple[int, int]:
        """Wh of an id's positive and of its negative power (both rounded down and positive)."""
        positive, negative = self._energies.get(key, (0, 0))
        return positive // WMS_PER_WH, negative // WMS_PER_WH

    def soc(self, battery: Battery) -> int:
        """Percent, rounded as OpenEMS does (half up)."""
        return (200 * self._charges[battery.id] + battery.full) // (2 * battery.full) if battery.full else 0

    def charge(self, battery: Battery) -> int:
        """W*ms in a battery."""
        return self._charges[battery.id]

    def _balance(self) -> None:
        elapsed = self.now - self._began
        powers = {key: source.at(elapsed) for key, source in (*self.plant.producers, *self.plant.consumers)}
        production = sum(powers[key] for key, _ in self.plant.producers)
        consumption = sum(powers[key] for key, _ in self.plant.consumers)
        rest = consumption - production
        for battery in self.plant.batteries:
            powers[battery.id] = self._battery_power(battery, rest)
            rest -= powers[battery.id]
        powers |= dict.fromkeys(self.plant.grid, 0)
        if self.plant.grid:
            powers[self.plant.grid[0]] = rest  # of several grid meters, the first by id has it all
        powers |= {PRODUCTION: production, CONSUMPTION: consumption, GRID: rest}
        powers[ESS] = consumption - production - rest
        self.powers = powers
        for key in (PRODUCTION, CONSUMPTION, ESS, GRID):
            low, high = self.extremes.get(key, (0, 0))
            self.extremes[key] = (min(low, powers[key]), max(high, powers[key]))

    def _battery_power(self, battery: Battery, rest: int) -> int:
        if battery.target is None:
            return 0
        power = max(-battery.max_power, min(battery.max_power, rest - battery.target))
        return power if self._room(battery, power) >= abs(power) else 0

    def _room(self, battery: Battery, power: int) -> int:
        """W*ms that a battery can still take (negative power) or give."""
        charge = self._charges[battery.id]
        return battery.full - charge if power < 0 else charge - battery.floor

    def _constant_for(self) -> int:
        """Ms until a power may change; at least 1, for a battery with less room stands still."""
        elapsed = self.now - self._began
        spans = [
            source.step - elapsed % source.step
            for _, source in (*self.plant.producers, *self.plant.consumers)
            if source.step
        ]
        for battery in self.plant.batteries:
            power = self.powers[battery.id]
            if power:
                spans.append(self._room(battery, power) // abs(power))
        return min(spans, default=1 << 62)

    def _integrate(self, span: int) -> None:
        for key, power in self.powers.items():
            positive, negative = self._energies.get(key, (0, 0))
            self._energies[key] = (positive + max(power, 0) * span, negative + max(-power, 0) * span)
        for battery in self.plant.batteries:
            self._charges[battery.id] -= self.powers[battery.id] * span


def _metered(active: Sequence[Component], factory: str) -> tuple[tuple[str, Datasource], ...]:
    sources = {one.id: _datasource(one) for one in active if one.factory_pid == _DATASOURCE}
    nothing = Datasource((), 0)
    return tuple(
        (one.id, sources.get(one.text("datasource.id", "datasource0"), nothing))
        for one in active
        if one.factory_pid == factory
    )


def _datasource(component: Component) -> Datasource:
    return Datasource(component.integers("values"), max(0, component.integer("timeDelta", -1)) * 1000)


def _battery(component: Component, active: Sequence[Component]) -> Battery:
    own = [one for one in active if one.text("ess.id", "ess0") == component.id]
    balancing = next((one for one in own if one.factory_pid == _BALANCING), None)
    limits = [one.integer("minSoc", 15) for one in own if one.factory_pid == _LIMIT]
    return Battery(
        component.id,
        max(0, component.integer("capacity", 10_000)),
        _percent(component.integer("initialSoc", 50)),
        max(0, component.integer("maxApparentPower", 10_000)),
        _percent(max(limits, default=0)),
        balancing.integer("targetGridSetpoint", 0) if balancing else None,
    )


def _percent(value: int) -> int:
    return max(0, min(100, value))


def _initial(battery: Battery, charges: Mapping[str, int]) -> int:
    return max(0, min(battery.full, charges.get(battery.id, battery.full * battery.initial_soc // 100)))
