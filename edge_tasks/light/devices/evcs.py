"""``Simulator.Evcs``: a charging station, which takes what it is told. As in OpenEMS no meter sees that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.light.engine.channels import ComponentChannels, Counter
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import flag, power, reading, state
from edge_tasks.light.engine.state_machine import LONG_AGO, Inputs, Outcome, Registers, StateMachine
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.configuration import Component

_READY, _CHARGING, _REJECTED = 2, 3, 5
"""The values of ``Status``."""


@dataclass(frozen=True)
class Evcs(StateMachine):
    """It charges within its limits, or not at all below the lower one.

    It follows at once. A real one waits for ten seconds before it increases again.
    """

    first: ClassVar[Registers] = (_READY, LONG_AGO, _READY)
    id: str
    least: int
    most: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """What it is told, in W."""
        return self.numbers

    @property
    def numbers(self) -> tuple[str, ...]:
        """The same."""
        return (_limit(self.id),)

    @property
    def own(self) -> tuple[str, ...]:
        """The power with which it charges."""
        return (self.managed,)

    @property
    def managed(self) -> str:
        """The same."""
        return f"{self.id}/ChargePower"

    @property
    def shown(self) -> dict[str, int]:
        """Its limits."""
        return {
            f"{self.id}/{part}{name}HardwarePower": value
            for name, value in (("Minimum", self.least), ("Maximum", self.most))
            for part in ("", "Fixed")
        }

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:
        """Charging, or not any more."""
        (told,) = inputs
        charged = min(self.most, told or 0)
        charged = charged if charged >= self.least and charged > 0 else 0
        status, since, before = registers
        found = _CHARGING if charged else _REJECTED if status != _READY else _READY
        if found != status:
            status, since, before = found, now, status
        return Outcome((status, since, before), values={self.managed: charged, _limit(self.id): charged})


def _limit(own_id: str) -> str:
    return f"{own_id}/SetChargePowerLimit"


def _role(component: Component) -> Evcs:
    return Evcs(component.id, component.integer("minHwPower", 4140), component.integer("maxHwPower", 22_080))


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    number = plant.machine(own_id)
    machine = plant.machines[number][1]
    return ComponentChannels(
        [
            state(f"{own_id}/Status", number),
            reading(f"{own_id}/ChargeState", flag(plant.place[machine.managed])),
            *(reading(address, power(plant.place[address])) for address in (machine.managed, _limit(own_id))),
        ],
        [Counter(machine.managed, [f"{own_id}/EnergySession"])],
        still=machine.shown,
    )


def _log(own_id: str, simulation: Simulation) -> str:
    return f"{simulation.power(f'{own_id}/ChargePower')} W"


DEVICE: Final = Device(factory("Simulator.Evcs"), _role, _channels, _log)
