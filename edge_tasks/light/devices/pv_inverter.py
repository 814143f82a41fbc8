"""``Simulator.PvInverter``: produces the power of a datasource, unless somebody limits it. It has no phases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.acting_meter import log_power
from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import counter, power, reading
from edge_tasks.light.engine.roles import Meter
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.channels import Figure, Nullable
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.configuration import Component

_LIMIT: Final = "ActivePowerLimit"


def _role(component: Component) -> Meter:
    datasource = component.text("datasource.id")
    return Meter("production", datasource, "ActivePower", limited_by=_LIMIT, has_phases=False)


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    return ComponentChannels(
        [reading(f"{own_id}/ActivePower", power(plant.place[own_id]))],
        [counter(own_id, "production")],
        averages=[
            reading(f"{own_id}/SimulatedActivePower", _unlimited(own_id)),
            reading(f"{own_id}/{_LIMIT}", _limit(f"{own_id}/{_LIMIT}")),
        ],
    )


def _unlimited(own_id: str) -> Figure:
    return lambda simulation, _powers: simulation.unlimited(own_id)


def _limit(address: str) -> Nullable:
    return lambda simulation, _powers: simulation.written(address)


DEVICE: Final = Device(factory("Simulator.PvInverter"), _role, _channels, log_power)
