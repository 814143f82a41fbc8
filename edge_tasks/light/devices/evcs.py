"""``Simulator.Evcs``: a charging station, which takes what it is told. As in OpenEMS no meter sees that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.light.engine.channels import ComponentChannels, Counter
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import power, reading, state
from edge_tasks.light.engine.state_machine import LONG_AGO, Inputs, Outcome, Registers, StateMachine
from edge_tasks.openems.components import factory
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.configuration import Component

_READY, _CHARGING, _REJECTED = 2, 3, 5
"""The values of ``Status``."""
_STANDS, _CHARGES, _DECREASES, _INCREASES = 0, 1, 2, 3
"""The values of ``ChargeState``."""
_COURSE: Final = 3
"""Its place among the registers."""
_NOTICED: Final = 50
"""In W. A power that differs by less is no increase and no decrease."""
_PAUSE: Final = 11_000
"""In ms. For this long after a decrease, no increase is taken."""


@dataclass(frozen=True)
class Evcs(StateMachine):
    """It charges within its limits, or not at all below the lower one.

    After a decrease it waits before it increases again. An increase may go on, or become a decrease, at any time.
    """

    first: ClassVar[Registers] = (_READY, LONG_AGO, _READY, _STANDS, LONG_AGO, 0)
    id: str
    least: int
    most: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """The limit that it is told, in W."""
        return self.numbers

    @property
    def numbers(self) -> tuple[str, ...]:
        """That limit, which is no flag."""
        return (_limit(self.id),)

    @property
    def own(self) -> tuple[str, ...]:
        """The power with which it charges."""
        return (self.managed,)

    @property
    def managed(self) -> str:
        """The power with which it charges."""
        return f"{self.id}/ChargePower"

    @property
    def shown(self) -> dict[str, int]:
        """The lowest and the highest power with which it can charge."""
        return {
            f"{self.id}/{part}{name}HardwarePower": value
            for name, value in (("Minimum", self.least), ("Maximum", self.most))
            for part in ("", "Fixed")
        }

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:
        """Charging, or not any more."""
        (told,) = inputs
        status, since, before, course, paused, charged = registers
        waits = now < paused + _PAUSE
        wanted = self._possible(told or 0)
        towards = _INCREASES if wanted > charged + _NOTICED else _DECREASES if wanted < charged - _NOTICED else 0
        turns = (course, towards) == (_INCREASES, _DECREASES)
        if towards and (turns or not waits):
            course, paused, waits = towards, now, True
        if not towards or towards == course:
            charged = wanted
        found = _CHARGING if charged else _REJECTED if status != _READY else _READY
        if found != status:
            status, since, before = found, now, status
        if not waits:
            course = _CHARGES if charged else _STANDS
        values = {self.managed: charged, _limit(self.id): charged}
        until = paused + _PAUSE if waits else NEVER
        return Outcome((status, since, before, course, paused, charged), until, values)

    def _possible(self, told: int) -> int:
        power = min(self.most, told)
        return power if power >= self.least and power > 0 else 0


def _limit(own_id: str) -> str:
    return f"{own_id}/SetChargePowerLimit"


def _role(component: Component) -> Evcs:
    return Evcs(component.id, component.integer("minHwPower", 4140), component.integer("maxHwPower", 22_080))


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    number = plant.machine(own_id)
    managed = plant.machines[number][1].managed
    rare = f"{own_id}/SetEnergyLimit"
    shown = {name: value for _, one in plant.machines for name, value in one.shown.items()}
    still = {name: value for name, value in shown.items() if name.startswith(f"{own_id}/")}
    return ComponentChannels(
        [
            state(f"{own_id}/Status", number),
            reading(f"{own_id}/ChargeState", lambda simulation, _: simulation.states.registers(number)[_COURSE]),
            *(reading(address, power(plant.place[address])) for address in (managed, _limit(own_id))),
        ],
        [Counter(managed, [f"{own_id}/EnergySession"])],
        still={name: value for name, value in still.items() if name != rare},
        still_averages={name: value for name, value in still.items() if name == rare},
    )


def _log(own_id: str, simulation: Simulation) -> str:
    return f"{simulation.power(f'{own_id}/ChargePower')} W"


DEVICE: Final = Device(factory("Simulator.Evcs"), _role, _channels, _log)
