"""``Simulator.IO.DigitalInputOutput``: relays, which controllers and people switch; no load is behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import ComponentChannels, Reading, Text
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import power
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
    return ComponentChannels(averages=[_relay(address, plant.place[address]) for address in outputs])


def _relay(address: str, place: int) -> Reading:
    """A relay. In the averages of five minutes it is as it was switched last.

    OpenEMS averages the values that a channel was given, and a relay is given one only when it is switched. Those
    from before the last five minutes are forgotten at that moment.
    """
    return Reading(Text([address]), power(place), lambda simulation, _powers: simulation.powers[place])


def _log(own_id: str, simulation: Simulation) -> str:
    """``x`` for each relay that is on, ``-`` for each that is off."""
    return "".join("x" if simulation.power(address) else "-" for address in _own(own_id, simulation.plant))


DEVICE: Final = Device(factory("Simulator.IO.DigitalInputOutput"), _role, _channels, _log)
