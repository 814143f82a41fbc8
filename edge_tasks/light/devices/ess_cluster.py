"""``Ess.Cluster``: several batteries that are led as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import counter, phases, power, power_of_phase, reading
from edge_tasks.light.engine.roles import Cluster
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.light.engine.channels import Figure, Powers
    from edge_tasks.light.engine.plant import Battery, Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.configuration import Component

_FULL: Final = 100
"""In percent."""


def _role(component: Component) -> Cluster:
    return Cluster(component.texts("ess.ids"), "SetActivePowerEquals")


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    if all(one.id != own_id for one in plant.clusters):  # none of its batteries is there
        return ComponentChannels()
    cluster = plant.cluster(own_id)
    batteries = [(number, plant.batteries[number]) for number in cluster.members]
    places = [plant.place[battery.id] for _, battery in batteries]
    return ComponentChannels(
        (
            reading(f"{own_id}/ActivePower", power(plant.place[own_id])),
            reading(phases(f"{own_id}/ActivePower"), power_of_phase(places)),
            reading(f"{own_id}/Soc", lambda simulation, _: plant.soc_of(cluster, simulation.socs())),
            reading(f"{own_id}/AllowedChargePower", _allowed(batteries, _FULL, -1)),
            reading(f"{own_id}/AllowedDischargePower", _allowed(batteries, 0, 1)),
        ),
        [counter(own_id, "battery")],
        still={
            f"{own_id}/Capacity": sum(battery.capacity for _, battery in batteries),
            f"{own_id}/MaxApparentPower": sum(battery.max_power for _, battery in batteries),
        },
    )


def _allowed(batteries: Sequence[tuple[int, Battery]], ends_at: int, sign: int) -> Figure:
    """What all batteries are allowed that have not reached a state of charge."""

    def found(simulation: Simulation, _powers: Powers) -> int:
        socs = simulation.socs()
        return sum(sign * battery.capacity for number, battery in batteries if socs[number] != ends_at)

    return found


DEVICE: Final = Device(factory("Ess.Cluster"), _role, _channels)
