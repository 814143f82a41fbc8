"""The line that ``Controller.Debug.Log`` writes in each cycle, for subscribers of an edge's log. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.devices.plant import CONSUMPTION, ESS, GRID, PRODUCTION
from edge_tasks.light.wire import protocol

if TYPE_CHECKING:
    from edge_tasks.light.devices.simulation import Simulation
    from edge_tasks.light.wire.model import Model

_SOURCE: Final = "ler.debug.log.ControllerDebugLogImpl"


def line(model: Model, simulation: Simulation, at: str) -> bytes:
    """The ``systemLog`` notification of a cycle.

    Args:
        model: what the edge is.
        simulation: of it.
        at: the moment, in ISO 8601.
    """
    plant = model.plant
    parts = [f"_sum[State:Ok {_sum(simulation)}]"]
    socs = simulation.socs()
    for number, battery in enumerate(plant.batteries):
        power = simulation.power(battery.id)
        allowed = f"{-battery.capacity};{battery.capacity}"
        parts.append(f"{battery.id}[SoC:{socs[number]} %|L:{power} W|Allowed:{allowed}]")
    meters = (*plant.grid, *(key for key, _ in plant.meters))
    parts += [f"{key}[{simulation.power(key)} W]" for key in sorted(meters)]
    return protocol.system_log(at, _SOURCE, f"[{model.debug_log}] {' '.join(parts)}")


def _sum(simulation: Simulation) -> str:
    battery = (
        f"Ess SoC:{simulation.socs()[-1]} %|L:{simulation.power(ESS)} W " if simulation.plant.batteries else ""
    )
    return (
        f"{battery}Grid:{simulation.power(GRID)} W Production:{simulation.power(PRODUCTION)} W "
        f"Consumption:{simulation.power(CONSUMPTION)} W"
    )
