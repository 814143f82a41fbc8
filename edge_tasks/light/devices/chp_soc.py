"""``Controller.CHP.SoC``: has a CHP (combined heat and power unit) run while a battery is empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import cumulated_seconds, state
from edge_tasks.light.engine.state_machine import LONG_AGO, RUNNING, Inputs, Outcome, Registers, StateMachine
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component

_UNDEFINED, _ON, _OFF = -1, 0, 1
_MANUAL_ON, _MANUAL_OFF, _AUTOMATIC = "MANUAL_ON", "MANUAL_OFF", "AUTOMATIC"
_MODES: Final = {_MANUAL_ON: 0, _MANUAL_OFF: 1, _AUTOMATIC: 2}


@dataclass(frozen=True)
class ChpSoc(StateMachine):
    """On from the low threshold downwards, off from the high one upwards.

    Between them the state stays, and the controller does not switch the relay. The time counts as active while it
    has the relay on.
    """

    first: ClassVar[Registers] = (_UNDEFINED, LONG_AGO, _UNDEFINED)
    id: str
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
    def own(self) -> tuple[str, ...]:
        """How long it has had the relay on."""
        return (_cumulated(self.id),)

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
            return Outcome(registers, values={_cumulated(self.id): 0})
        found = _ON if value <= self.low else _OFF
        if found != registers[0]:
            registers = (found, now, registers[0])
        return Outcome(registers, values=self._switched(on=(found == _ON) != self.invert))

    def _switched(self, *, on: bool) -> dict[str, int]:
        return {self.output: int(on), _cumulated(self.id): RUNNING * on}


def _cumulated(own_id: str) -> str:
    return f"{own_id}/CumulatedActiveTime"


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
        counters=[cumulated_seconds(_cumulated(own_id), null=True)],
        averages=[state(f"{own_id}/StateMachine", number)],
        still_averages=plant.machines[number][1].shown,
    )


DEVICE: Final = Device(factory("Controller.CHP.SoC"), _role, _channels)
