"""``Simulator.GridMeter.Acting``: the meter of a grid whose power is a datasource's, less what batteries give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.acting_meter import log_power
from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import counter, power, power_and_phases, reading
from edge_tasks.light.engine.roles import GridMeter
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> GridMeter:
    return GridMeter(component.text("datasource.id", "datasource0"), "SimulatedActivePower")


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    simulated = f"{own_id}/SimulatedActivePower"
    return ComponentChannels(
        tuple(power_and_phases(f"{own_id}/ActivePower", plant.place[own_id])),
        [counter(own_id, "grid")],
        averages=[reading(simulated, power(plant.place[simulated]))],
    )


DEVICE: Final = Device(factory("Simulator.GridMeter.Acting"), _role, _channels, log_power)
