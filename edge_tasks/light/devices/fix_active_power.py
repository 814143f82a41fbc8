"""``Controller.Ess.FixActivePower``: a battery is charged or discharged with a fixed power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.control import Control, within
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import cumulated_seconds
from edge_tasks.light.engine.state_machine import (
    RUNNING,
    Inputs,
    Outcome,
    Registers,
    StateMachine,
    cumulated_active_time,
)
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component

_ON: Final = "MANUAL_ON"
_EQUALS, _LESS, _GREATER = "EQUALS", "LESS_OR_EQUALS", "GREATER_OR_EQUALS"


@dataclass(frozen=True)
class FixActivePower(StateMachine, Control):
    """It has no state. It asks for its power, or for no more or no less than that."""

    id: str
    ess: str
    is_on: bool
    relationship: str
    power: int

    @property
    def controlled(self) -> str:
        """Its battery."""
        return self.ess

    @property
    def own(self) -> tuple[str, ...]:
        """How long it was on."""
        return (cumulated_active_time(self.id),)

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:  # noqa: ARG002 - it needs nothing
        """Always the same."""
        return Outcome((), values={cumulated_active_time(self.id): RUNNING * self.is_on})

    def wanted(self, rest: int) -> int | None:  # noqa: ARG002 - it does not look at the grid
        """Its power."""
        return self.power if self.is_on and self.relationship == _EQUALS else None

    def narrowed(self, low: int, high: int) -> tuple[int, int]:
        """What is on its side of the power."""
        power = within(self.power, low, high)
        if self.is_on and self.relationship == _LESS:
            return low, power
        if self.is_on and self.relationship == _GREATER:
            return power, high
        return low, high


def _role(component: Component) -> FixActivePower:
    return FixActivePower(
        component.id,
        component.text("ess.id"),
        component.text("mode", _ON) == _ON,
        component.text("relationship", _EQUALS),
        component.integer("power", 0),
    )


def _channels(own_id: str, _plant: Plant) -> ComponentChannels:
    return ComponentChannels(counters=[cumulated_seconds(cumulated_active_time(own_id))])


DEVICE: Final = Device(factory("Controller.Ess.FixActivePower"), _role, _channels)
