"""``Simulator.IO.DigitalInputOutput``: relays, which controllers and people switch; no load is behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import power, reading
from edge_tasks.light.engine.roles import Relays
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Relays:
    return Relays(tuple(f"InputOutput{number}" for number in range(component.integer("numberOfOutputs", 1))))


def _own(own_id: str, plant: Plant) -> list[str]:
    return [address for address in plant.outputs if address.startswith(f"{own_id}/")]


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    outputs = _own(own_id, plant)
    return ComponentChannels(averages=[reading(address, power(plant.place[address])) for address in outputs])


def _log(own_id: str, simulation: Simulation) -> str:
    """``x`` for each relay that is on, ``-`` for each that is off."""
    return "".join("x" if simulation.power(address) else "-" for address in _own(own_id, simulation.plant))


DEVICE: Final = Device(factory("Simulator.IO.DigitalInputOutput"), _role, _channels, _log)
