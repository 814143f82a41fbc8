"""``Simulator.GridMeter.Reacting``: the meter of the grid, which shows what the other devices leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.acting_meter import log_power
from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import PHASES, counter, part, phases, power_and_phases, reading
from edge_tasks.light.engine.roles import GridMeter
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.channels import Figure
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component

_VOLTAGE: Final = 230_000
"""The voltage of each phase, in mV."""


def _role(_component: Component) -> GridMeter:
    return GridMeter()


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    place, current = plant.place[own_id], f"{own_id}/Current"
    return ComponentChannels(
        (
            *power_and_phases(f"{own_id}/ActivePower", place),
            reading(current, _current(place, 1)),
            reading(phases(current), _current(place, PHASES)),
        ),
        [counter(own_id, "grid")],
        still={f"{own_id}/Voltage{phase}": _VOLTAGE for phase in ("", "L1", "L2", "L3")},
    )


def _current(place: int, count: int) -> Figure:
    """The current in mA of one of so many equal shares of the power."""
    return lambda _simulation, powers: part((2_000_000 * powers[place] + _VOLTAGE) // (2 * _VOLTAGE), count)


DEVICE: Final = Device(factory("Simulator.GridMeter.Reacting"), _role, _channels, log_power)
