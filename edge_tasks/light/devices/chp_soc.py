"""``Controller.CHP.SoC``: has a CHP (combined heat and power unit) run while a battery is empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import cumulated_seconds, failures, log_of_failure, state
from edge_tasks.light.engine.state_machine import (
    LONG_AGO,
    RUNNING,
    Inputs,
    Outcome,
    Registers,
    RelayController,
    cumulated_active_time,
)
from edge_tasks.openems.components import factory
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component

_UNDEFINED, _ON, _OFF = -1, 0, 1
_MANUAL_ON, _MANUAL_OFF, _AUTOMATIC = "MANUAL_ON", "MANUAL_OFF", "AUTOMATIC"
_MODES: Final = {_MANUAL_ON: 0, _MANUAL_OFF: 1, _AUTOMATIC: 2}


@dataclass(frozen=True)
class ChpSoc(RelayController):
    """On from the low threshold downwards, off from the high one upwards.

    Between them the state stays, and the controller does not switch the relay. The time counts as active while it
    switches the relay on. What passes between two such times counts when the second one begins, because
    ``CalculateActiveTime.java:125`` of OpenEMS 2024.7.0 takes all since it was asked last.

    The last register is the epoch ms since when it has not switched the relay that it had on.
    """

    first: ClassVar[Registers] = (_UNDEFINED, LONG_AGO, _UNDEFINED, NEVER)
    mode: str
    input: str
    output: str
    low: int
    high: int
    invert: bool

    @property
    def inputs(self) -> tuple[str, ...]:
        """What it watches, and the relay."""
        return self.input, self.output

    @property
    def needed(self) -> tuple[str, ...]:
        """What it watches."""
        return (self.input,)

    @property
    def relays(self) -> tuple[str, ...]:
        """The relay."""
        return (self.output,)

    @property
    def own(self) -> tuple[str, ...]:
        """How long it has had the relay on."""
        return (cumulated_active_time(self.id), *self.faults)

    @property
    def shown(self) -> dict[str, int]:
        """The mode."""
        return {f"{self.id}/Mode": _MODES.get(self.mode, _MODES[_AUTOMATIC])}

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:
        """As it is switched by hand, or by what it watches."""
        value, _ = inputs
        if self.mode in (_MANUAL_ON, _MANUAL_OFF):
            return Outcome(registers, values=self._switched(on=self.mode == _MANUAL_ON))
        if value is None or self.low < value < self.high:
            failed = self.failed(has_failed=self.input in self.missing)
            return Outcome(self._paused(registers, now), values={cumulated_active_time(self.id): 0, **failed})
        found = _ON if value <= self.low else _OFF
        state, since, before, paused = registers
        if found != state:
            state, since, before = found, now, state
        on = (found == _ON) != self.invert
        counted = {cumulated_active_time(self.id): now - paused} if on and paused < now else {}
        return Outcome((state, since, before, NEVER), values=self._switched(on=on), counted=counted)

    def _paused(self, registers: Registers, now: int) -> Registers:
        state, since, before, paused = registers
        was_on = state != _UNDEFINED and (state == _ON) != self.invert
        return state, since, before, min(paused, now) if was_on else paused

    def _switched(self, *, on: bool) -> dict[str, int]:
        failed = self.failed(has_failed=self.output in self.missing)
        return {self.output: int(on), cumulated_active_time(self.id): RUNNING * on, **failed}


def _role(component: Component) -> ChpSoc:
    return ChpSoc(
        component.id,
        component.text("mode", _AUTOMATIC),
        component.text("inputChannelAddress"),
        component.text("outputChannelAddress"),
        component.integer("lowThreshold", 0),
        component.integer("highThreshold", 0),
        component.flag("invert"),
    )


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    number = plant.machine(own_id)
    return ComponentChannels(
        failures(own_id, plant),
        counters=[cumulated_seconds(cumulated_active_time(own_id), null=True)],
        averages=[state(f"{own_id}/StateMachine", number)],
        still_averages=plant.machines[number][1].shown,
    )


DEVICE: Final = Device(factory("Controller.CHP.SoC"), _role, _channels, log_of_failure)
