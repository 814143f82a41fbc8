"""``Controller.IO.ChannelSingleThreshold``: switches relays when a channel passes a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import cumulated_seconds, level, log_of_failure, power, reading
from edge_tasks.light.engine.recent import Recent
from edge_tasks.light.engine.state_machine import (
    LONG_AGO,
    RUNNING,
    SOON,
    Inputs,
    Outcome,
    Registers,
    RelayController,
    awaiting_hysteresis,
    cumulated_active_time,
    run_failed,
)
from edge_tasks.openems.components import factory
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.configuration import Component

_UNDEFINED, _BELOW, _ABOVE = -1, 0, 1
_ON, _OFF, _AUTOMATIC = "ON", "OFF", "AUTOMATIC"
_LONGEST: Final = 310_000
"""In ms. How long a channel of OpenEMS keeps its values."""


@dataclass(frozen=True)
class ChannelSingleThreshold(RelayController):
    """Above or below, by the average over the minimum switching time; not changed twice within that time.

    OpenEMS averages the values of whole cycles, this averages over time.
    """

    first: ClassVar[Registers] = (_UNDEFINED, LONG_AGO, _UNDEFINED)
    forgets: ClassVar[bool] = False
    mode: str
    input: str
    outputs: tuple[str, ...]
    threshold: int
    load: int
    minimum: int
    invert: bool

    @property
    def inputs(self) -> tuple[str, ...]:
        """What it watches, and the relays."""
        return self.input, *self.outputs

    @property
    def relays(self) -> tuple[str, ...]:
        """All that it switches."""
        return self.outputs

    @property
    def own(self) -> tuple[str, ...]:
        """Whether it would switch but for the minimum switching time, and how long the relays were on."""
        return awaiting_hysteresis(self.id), cumulated_active_time(self.id), *self.faults

    @property
    def info(self) -> tuple[str, ...]:
        """The first of these."""
        return (awaiting_hysteresis(self.id),)

    @property
    def fails(self) -> bool:
        """Whether it does nothing but fail: no relay exists, or what it watches does not."""
        is_blind = self.mode not in (_ON, _OFF) and self.input in self.missing
        return is_blind or bool(self.outputs and self.missing.issuperset(self.outputs))

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:
        """As it is switched by hand, or by what it watches."""
        if self.fails:
            return Outcome(registers, values=self.failed(has_failed=True))
        if self.mode in (_ON, _OFF):
            return Outcome(registers, values=self._switched(on=self.mode == _ON))
        value, *outputs = inputs
        if value is None:
            return self._changed(registers, now, _UNDEFINED, NEVER)
        recent = Recent.of(registers[3:], now, value, min(self.minimum, _LONGEST))
        above, until = recent.above(now, self.threshold + (self.load if any(outputs) else 0))
        registers = (*registers[:3], *recent.registers)
        return self._changed(registers, now, _ABOVE if above else _BELOW, until)

    def _changed(self, registers: Registers, now: int, wanted: int, until: int) -> Outcome:
        """The outcome if it becomes what is wanted, unless it has to wait."""
        current, since, _, *recent = registers
        values: dict[str, int] = {}
        if wanted != current and now > since + self.minimum:
            registers = (wanted, now, current, *recent)
            values, current, until = {awaiting_hysteresis(self.id): 0}, wanted, min(until, now + SOON)
        elif wanted != current and now > since:
            values, until = {awaiting_hysteresis(self.id): 1}, min(until, since + self.minimum + 1)
        elif wanted != current:
            until = min(until, now + SOON)
        on = current != _UNDEFINED and (current == _ABOVE) != self.invert
        return Outcome(registers, until, {**values, **self._switched(on=on)})

    def _switched(self, *, on: bool) -> dict[str, int]:
        return {**dict.fromkeys(self.outputs, int(on)), cumulated_active_time(self.id): RUNNING * on}


def _role(component: Component) -> ChannelSingleThreshold:
    return ChannelSingleThreshold(
        component.id,
        component.text("mode", _AUTOMATIC),
        component.text("inputChannelAddress"),
        component.texts("outputChannelAddress"),
        component.integer("threshold", 0),
        component.integer("switchedLoadPower", 0),
        1000 * max(0, component.integer("minimumSwitchingTime", 60)),
        component.flag("invert"),
    )


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    awaiting, machine = plant.place[awaiting_hysteresis(own_id)], plant.machines[plant.machine(own_id)][1]
    failed = [plant.place[address] for address in machine.faults]
    counted = [cumulated_seconds(cumulated_active_time(own_id), null=bool(failed))]
    if not failed:
        return ComponentChannels(
            [reading([awaiting_hysteresis(own_id), f"{own_id}/State"], power(awaiting))], counted
        )
    readings = [
        reading(awaiting_hysteresis(own_id), power(awaiting)),
        *(reading(run_failed(own_id), power(place)) for place in failed),
        reading(f"{own_id}/State", level([awaiting], failed)),
    ]
    return ComponentChannels(readings, counted)


def _log(own_id: str, simulation: Simulation) -> str:
    if simulation.power(awaiting_hysteresis(own_id)):
        return "State:INFO: Would change State, but hystesis is active"
    return log_of_failure(own_id, simulation)


DEVICE: Final = Device(factory("Controller.IO.ChannelSingleThreshold"), _role, _channels, _log)
