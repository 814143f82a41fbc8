"""An edge's devices as the simulation sees them: what has a power, in the order of its lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.pid_filter import DEFAULT, Gains

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.openems.sources import Datasource

WMS_PER_WH: Final = 3_600_000
PRODUCTION: Final = "_production"
CONSUMPTION: Final = "_consumption"
ESS: Final = "_ess"
GRID: Final = "_grid"
SUMS: Final = (PRODUCTION, CONSUMPTION, ESS, GRID)


@dataclass(frozen=True)
class Battery:
    """One battery (ESS).

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
        """The energy of the full battery, in W*ms."""
        return self.capacity * WMS_PER_WH

    @property
    def floor(self) -> int:
        """The energy below which it is not discharged, in W*ms."""
        return self.full * self.min_soc // 100

    @property
    def limit(self) -> int:
        """The highest power of charging and discharging, in W."""
        return min(self.capacity, self.max_power)


@dataclass(frozen=True)
class Plant:
    """The enabled devices of an edge: meters by id with their datasources, grid meters, batteries.

    Attributes:
        gains: of the filter that batteries follow; None when it is switched off.
        writable: the channels that take a value, with the id of the device whose power that value becomes.
    """

    producers: tuple[tuple[str, Datasource], ...]
    consumers: tuple[tuple[str, Datasource], ...]
    grid: tuple[str, ...]
    batteries: tuple[Battery, ...]
    gains: Gains | None = DEFAULT
    writable: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def meters(self) -> tuple[tuple[str, Datasource], ...]:
        """The meters that have a datasource."""
        return (*self.producers, *self.consumers)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of all that has a power, in the order of the simulation's lists: devices, then the sums."""
        batteries = (battery.id for battery in self.batteries)
        return (*(key for key, _ in self.meters), *self.grid, *batteries, *SUMS)

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each id is in those lists."""
        return {key: place for place, key in enumerate(self.ids)}

    def battery(self, own_id: str) -> tuple[int, Battery]:
        """The battery of an id, and its number among the batteries."""
        return next((number, one) for number, one in enumerate(self.batteries) if one.id == own_id)

    def socs(self, charges: Sequence[int]) -> tuple[int, ...]:
        """The states of charge in percent of each battery and of all together, from their W*ms; empty if none."""
        if not self.batteries:
            return ()
        fulls = [battery.full for battery in self.batteries]
        each = (_soc(charge, full) for charge, full in zip(charges, fulls, strict=True))
        return (*each, _soc(sum(charges), sum(fulls)))


def _soc(charge: int, full: int) -> int:
    """A state of charge in percent, rounded as OpenEMS does (half up)."""
    return (200 * charge + full) // (2 * full) if full else 0
