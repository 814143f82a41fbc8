"""``Controller.Evcs``: tells a charging station what to charge with: a fixed power, or what is left over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.state_machine import SOON, Inputs, Outcome, Registers, StateMachine
from edge_tasks.openems.components import factory
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component

_EXCESS: Final = "EXCESS_POWER"
_STORAGE: Final = "STORAGE"
_FULL: Final = 97
"""In percent. A battery that comes first has to have more."""
_BEHIND_STORAGE: Final = 200
"""W that a charging station leaves to batteries that come first."""
_PHASES: Final = 3


@dataclass(frozen=True)
class EvcsControl(StateMachine):
    """What it asks for each second; a charging station takes it within its limits.

    The grid meter of the simulator does not see what a charging station takes. So what is left over grows with
    it, until one of the limits is reached, as in OpenEMS.
    """

    evcs: str
    is_on: bool
    excess: bool
    storage_first: bool
    forced: int
    least: int
    limit: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """What the station takes and was told, and by what it is seen what is left over."""
        told = f"{self.evcs}/SetChargePowerLimit"
        if not (self.is_on and self.excess):
            return (told,)
        sums = ("_sum/GridActivePower", "_sum/EssDischargePower", "_sum/EssSoc")
        return (told, f"{self.evcs}/ChargePower", *sums)

    @property
    def shown(self) -> dict[str, int]:
        """The mode, and what it tells the station besides."""
        told = {"MinimumPower": self.least * self.excess, "SetEnergyLimit": self.limit} if self.is_on else {}
        return {f"{self.evcs}/{name}": value for name, value in {"ChargeMode": int(self.excess), **told}.items()}

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:
        """The next power, in W."""
        told = inputs[0]
        power = self._power(inputs)
        moves = self.is_on and self.excess and power != told
        return Outcome(registers, now + SOON if moves else NEVER, {f"{self.evcs}/SetChargePowerLimit": power})

    def _power(self, inputs: Inputs) -> int:
        if not self.is_on:
            return 0
        if not self.excess:
            return self.forced * _PHASES
        charged, grid, discharged = (value or 0 for value in inputs[1:4])
        soc = inputs[4]
        if self.storage_first and soc is not None and soc <= _FULL:
            return max(self.least, charged - grid - _BEHIND_STORAGE, 0)
        return max(self.least, charged - grid - discharged)


def _role(component: Component) -> EvcsControl:
    return EvcsControl(
        component.text("evcs.id", "evcs0"),
        component.flag("enabledCharging", default=True),
        component.text("chargeMode", "FORCE_CHARGE") == _EXCESS,
        component.text("priority", "CAR") == _STORAGE,
        component.integer("forceChargeMinPower", 7360),
        component.integer("defaultChargeMinPower", 0),
        component.integer("energySessionLimit", 0),
    )


DEVICE: Final = Device(factory("Controller.Evcs"), _role)
