"""An edge's enabled devices, as its components describe them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from edge_tasks.light.devices.pid_filter import DEFAULT, Gains
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge_tasks.openems.configuration import Component

WMS_PER_WH: Final = 3_600_000
PRODUCTION: Final = "_production"
CONSUMPTION: Final = "_consumption"
ESS: Final = "_ess"
GRID: Final = "_grid"
SUMS: Final = (PRODUCTION, CONSUMPTION, ESS, GRID)

DATASOURCE: Final = "Simulator.Datasource.Single.Direct"
PRODUCTION_METER: Final = "Simulator.ProductionMeter.Acting"
CONSUMPTION_METER: Final = "Simulator.NRCMeter.Acting"
GRID_METER: Final = "Simulator.GridMeter.Reacting"
BATTERY: Final = "Simulator.EssSymmetric.Reacting"
_BALANCING: Final = "Controller.Symmetric.Balancing"
_LIMIT: Final = "Controller.Ess.LimitTotalDischarge"
_POWER: Final = "Ess.Power"
_SIMULATED: Final = frozenset(
    {
        DATASOURCE,
        PRODUCTION_METER,
        CONSUMPTION_METER,
        GRID_METER,
        BATTERY,
        _BALANCING,
        _LIMIT,
    }
)
_WITHOUT_EFFECT: Final = ("Controller.Api.", "Controller.Debug.", "Scheduler.", "Timedata.", "Core.")
_SINGLETONS: Final = (_POWER, "Evcs.SlowPowerIncreaseFilter")


@dataclass(frozen=True)
class Battery:
    """One ESS.

    Attributes:
        id: e.g. ``ess0``.
        capacity: Wh; as in OpenEMS' simulator it also bounds charging and discharging, as W.
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

    @property
    def limit(self) -> int:
        """W that it is charged or discharged with at most."""
        return min(self.capacity, self.max_power)


@dataclass(frozen=True)
class Plant:
    """The enabled devices of an edge: meters by id with their datasources, grid meters, batteries.

    Attributes:
        gains: of the filter that batteries follow; None when it is switched off.
    """

    producers: tuple[tuple[str, Datasource], ...]
    consumers: tuple[tuple[str, Datasource], ...]
    grid: tuple[str, ...]
    batteries: tuple[Battery, ...]
    gains: Gains | None = DEFAULT

    @cached_property
    def meters(self) -> tuple[tuple[str, Datasource], ...]:
        """Those with a datasource."""
        return (*self.producers, *self.consumers)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Everything that has a power, in the order of the simulation's lists: devices, then the sums."""
        batteries = (battery.id for battery in self.batteries)
        return (*(key for key, _ in self.meters), *self.grid, *batteries, *SUMS)

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each id is in those lists."""
        return {key: place for place, key in enumerate(self.ids)}

    def socs(self, charges: Sequence[int]) -> tuple[int, ...]:
        """Percent of each battery and of all together, by the W*ms in each; empty when there is none."""
        if not self.batteries:
            return ()
        fulls = [battery.full for battery in self.batteries]
        each = (_soc(charge, full) for charge, full in zip(charges, fulls, strict=True))
        return (*each, _soc(sum(charges), sum(fulls)))


def plant_of(components: Iterable[Component]) -> Plant:
    """The devices that enabled components describe."""
    active = [component for component in components if component.enabled]
    return Plant(
        _metered(active, PRODUCTION_METER),
        _metered(active, CONSUMPTION_METER),
        tuple(one.id for one in active if one.factory_pid == GRID_METER),
        tuple(_battery(one, active) for one in active if one.factory_pid == BATTERY),
        _gains(active),
    )


class Configured(Protocol):
    """A component of a template, as far as it is to be told whether it does something."""

    @property
    def enabled(self) -> bool:
        """It runs."""

    @property
    def factory_pid(self) -> str:
        """E.g. ``Simulator.GridMeter.Reacting``."""


def unsimulated(components: Iterable[Configured]) -> tuple[str, ...]:
    """The factory PIDs of enabled components that would act on a real edge, but do nothing here."""
    pids = {one.factory_pid for one in components if one.enabled} - _SIMULATED
    return tuple(sorted(pid for pid in pids if not pid.startswith(_WITHOUT_EFFECT) and pid not in _SINGLETONS))


def _metered(active: Sequence[Component], factory: str) -> tuple[tuple[str, Datasource], ...]:
    sources = {one.id: _datasource(one) for one in active if one.factory_pid == DATASOURCE}
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


def _gains(active: Sequence[Component]) -> Gains | None:
    power = next((one for one in active if one.factory_pid == _POWER), None)
    if power is None:
        return DEFAULT
    if not power.flag("enablePid", default=True):
        return None
    return Gains(power.number("p", DEFAULT.p), power.number("i", DEFAULT.i), power.number("d", DEFAULT.d))


def _percent(value: int) -> int:
    return max(0, min(100, value))


def _soc(charge: int, full: int) -> int:
    """Percent, rounded as OpenEMS does (half up)."""
    return (200 * charge + full) // (2 * full) if full else 0
