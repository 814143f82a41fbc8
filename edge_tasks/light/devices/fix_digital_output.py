"""``Controller.Io.FixDigitalOutput``: keeps a relay on or off, as it is configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import cumulated_seconds
from edge_tasks.light.engine.state_machine import RUNNING, Inputs, Outcome, Registers, StateMachine
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component


@dataclass(frozen=True)
class FixDigitalOutput(StateMachine):
    """It has no state: it switches the relay back as soon as anybody else has switched it."""

    id: str
    output: str
    is_on: bool

    @property
    def inputs(self) -> tuple[str, ...]:
        """The relay."""
        return (self.output,)

    @property
    def own(self) -> tuple[str, ...]:
        """How long the relay was on."""
        return (_cumulated(self.id),)

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:  # noqa: ARG002 - it needs nothing
        """Always the same."""
        return Outcome((), values={self.output: int(self.is_on), _cumulated(self.id): RUNNING * self.is_on})


def _cumulated(own_id: str) -> str:
    return f"{own_id}/CumulatedActiveTime"


def _role(component: Component) -> FixDigitalOutput:
    return FixDigitalOutput(component.id, component.text("outputChannelAddress"), component.flag("isOn"))


def _channels(own_id: str, _plant: Plant) -> ComponentChannels:
    return ComponentChannels(counters=[cumulated_seconds(_cumulated(own_id))])


DEVICE: Final = Device(factory("Controller.Io.FixDigitalOutput"), _role, _channels)
