"""``Simulator.EssSymmetric.Reacting``: a battery with its inverter; it charges and discharges as it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import counter, power, reading
from edge_tasks.light.engine.roles import Storage
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.configuration import Component

_FULL: Final = 100
"""In percent."""


def _role(component: Component) -> Storage:
    return Storage(
        component.integer("capacity", 10_000),
        component.integer("initialSoc", 50),
        component.integer("maxApparentPower", 10_000),
        written_by="SetActivePowerEquals",
    )


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    number, battery = plant.battery(own_id)
    limit = battery.capacity
    return ComponentChannels(
        (
            reading([f"{own_id}/ActivePower", f"{own_id}/DebugSetActivePower"], power(plant.place[own_id])),
            reading(
                f"{own_id}/AllowedChargePower",
                lambda simulation, _powers: -limit * (simulation.socs()[number] < _FULL),
            ),
            reading(
                f"{own_id}/AllowedDischargePower",
                lambda simulation, _powers: limit * (simulation.socs()[number] > 0),
            ),
        ),
        [counter(own_id, "battery")],
        {own_id: f"{own_id}/Soc"},
        {f"{own_id}/Capacity": battery.capacity, f"{own_id}/MaxApparentPower": battery.max_power},
    )


def _log(own_id: str, simulation: Simulation) -> str:
    number, battery = simulation.plant.battery(own_id)
    soc = simulation.socs()[number]
    allowed = f"{-battery.capacity * (soc < _FULL)};{battery.capacity * (soc > 0)} W"
    return f"SoC:{soc} %|L:{simulation.power(own_id)} W|Allowed:{allowed}"


DEVICE: Final = Device(factory("Simulator.EssSymmetric.Reacting"), _role, _channels, _log)
