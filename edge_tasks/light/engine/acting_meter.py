"""What OpenEMS' acting meters have in common: each shows the power of a datasource.

A real meter cannot be written. Here ``ActivePower`` can, so that a test can say "4,000 W now".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import counter, power, power_and_phases, reading
from edge_tasks.light.engine.roles import Meter

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.components import Factory
    from edge_tasks.openems.configuration import Component
    from edge_tasks.openems.load_curve_terms import Kind


def acting_meter(factory: Factory, kind: Kind) -> Device:
    """A meter of production or of consumption."""

    def role(component: Component) -> Meter:
        return Meter(kind, component.text("datasource.id", "datasource0"), written_by="ActivePower")

    def channels(own_id: str, plant: Plant) -> ComponentChannels:
        place = plant.place[own_id]
        readings = power_and_phases(f"{own_id}/ActivePower", place)
        simulated = reading(f"{own_id}/SimulatedActivePower", power(place))
        return ComponentChannels(tuple(readings), [counter(own_id, kind)], averages=[simulated])

    return Device(factory, role, channels, log_power)


def log_power(own_id: str, simulation: Simulation) -> str:
    """What a meter adds to a line of the log."""
    return f"{simulation.power(own_id)} W"
