"""``Controller.Io.FixDigitalOutput``: keeps a relay on or off, as it is configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import cumulated_seconds, failures, log_of_failure
from edge_tasks.light.engine.state_machine import (
    RUNNING,
    Inputs,
    Outcome,
    Registers,
    RelayController,
    cumulated_active_time,
)
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component


@dataclass(frozen=True)
class FixDigitalOutput(RelayController):
    """It has no state: it switches the relay back as soon as anybody else has switched it."""

    output: str
    is_on: bool

    @property
    def inputs(self) -> tuple[str, ...]:
        """The relay."""
        return (self.output,)

    @property
    def relays(self) -> tuple[str, ...]:
        """The relay."""
        return (self.output,)

    @property
    def own(self) -> tuple[str, ...]:
        """How long the relay was on, also one that does not exist."""
        return (cumulated_active_time(self.id), *self.faults)

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:  # noqa: ARG002 - it needs nothing
        """Always the same."""
        values = {self.output: int(self.is_on), cumulated_active_time(self.id): RUNNING * self.is_on}
        return Outcome((), values=values | self.failed(has_failed=True))


def _role(component: Component) -> FixDigitalOutput:
    return FixDigitalOutput(component.id, component.text("outputChannelAddress"), component.flag("isOn"))


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    return ComponentChannels(failures(own_id, plant), [cumulated_seconds(cumulated_active_time(own_id))])


DEVICE: Final = Device(factory("Controller.Io.FixDigitalOutput"), _role, _channels, log_of_failure)
