"""``Controller.Ess.LimitTotalDischarge``: keeps a battery from being discharged too far, or charges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import power, reading, state
from edge_tasks.light.engine.state_machine import (
    LONG_AGO,
    SOON,
    Inputs,
    Outcome,
    Registers,
    StateMachine,
    awaiting_hysteresis,
)
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.configuration import Component

_NORMAL, _MIN_SOC, _FORCE_CHARGE = 0, 1, 2
_HYSTERESIS: Final = 300_000
"""In ms. The state does not change again before that."""
_FULL: Final = 100
_FORCED_PART: Final = 5
"""Without a configured power, a battery is charged with a fifth of what it can."""


@dataclass(frozen=True)
class LimitTotalDischarge(StateMachine):
    """Normal, no discharging, or charging, by the state of charge; never two changes in five minutes."""

    first: ClassVar[Registers] = (_NORMAL, LONG_AGO, _NORMAL)
    id: str
    ess: str
    min_soc: int
    force_soc: int
    force_power: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """The state of charge, and the two limits of charging."""
        return f"{self.ess}/Soc", f"{self.ess}/AllowedChargePower", f"{self.ess}/MaxApparentPower"

    @property
    def own(self) -> tuple[str, ...]:
        """Whether the state would change but for the five minutes."""
        return (awaiting_hysteresis(self.id),)

    @property
    def info(self) -> tuple[str, ...]:
        """The same flag, which people are to see."""
        return self.own

    @property
    def shown(self) -> dict[str, int]:
        """The state of charge at which discharging ends."""
        return {f"{self.id}/MinSoc": self.min_soc}

    @property
    def battery(self) -> str:
        """The battery that it limits."""
        return self.ess

    def steady(self, registers: Registers) -> range:
        """The states of charge of its state."""
        least = max(self.min_soc, self.force_soc)
        steps = {
            _FORCE_CHARGE: (0, self.force_soc),
            _MIN_SOC: (self.force_soc + 1, least),
            _NORMAL: (least + 1, _FULL),
        }
        first, last = steps[registers[0]]
        return range(first, last + 1)

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:
        """The next state, and the limit that follows from it."""
        soc, allowed, apparent = inputs
        if soc is None:
            return Outcome((_NORMAL, *registers[1:]))  # without its battery
        current, since, _ = registers
        wanted, most = self._wanted(current, soc), -max(allowed or 0, -(apparent or 0))
        if wanted == current:
            return Outcome(registers, most=self._most(current, most))
        if now >= since + _HYSTERESIS:
            registers = (wanted, now, current)
            return Outcome(registers, now + SOON, {awaiting_hysteresis(self.id): 0}, self._most(wanted, most))
        if now == since:
            return Outcome(registers, now + SOON, most=self._most(current, most))
        return Outcome(
            registers, since + _HYSTERESIS, {awaiting_hysteresis(self.id): 1}, self._most(current, most)
        )

    def _wanted(self, current: int, soc: int) -> int:
        if soc <= self.force_soc:
            return _FORCE_CHARGE
        if current == _FORCE_CHARGE or soc <= self.min_soc:
            return _MIN_SOC
        return _NORMAL

    def _most(self, current: int, charged: int) -> int | None:
        """W that the battery gives at most, if it can be charged with so many."""
        if current == _FORCE_CHARGE:
            return -self.force_power if self.force_power > 0 else -(charged // _FORCED_PART)
        return 0 if current == _MIN_SOC else None


def _role(component: Component) -> LimitTotalDischarge:
    min_soc = component.integer("minSoc", 15)
    return LimitTotalDischarge(
        component.id,
        component.text("ess.id", "ess0"),
        min_soc,
        min(min_soc - 1, component.integer("forceChargeSoc", 10)),
        component.integer("forceChargePower", 0),
    )


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    number, awaiting = plant.machine(own_id), power(plant.place[awaiting_hysteresis(own_id)])
    return ComponentChannels(
        [reading([awaiting_hysteresis(own_id), f"{own_id}/State"], awaiting)],
        averages=[state(f"{own_id}/StateMachine", number)],
        still_averages=plant.machines[number][1].shown,
    )


def _log(own_id: str, simulation: Simulation) -> str:
    return (
        "State:INFO: Would change State, but hysteresis is active"
        if simulation.power(awaiting_hysteresis(own_id))
        else ""
    )


DEVICE: Final = Device(factory("Controller.Ess.LimitTotalDischarge"), _role, _channels, _log)
