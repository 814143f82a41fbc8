"""What an edge is, once its configuration has been read, whether it is connected or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.host.beat import now_ms
from edge_tasks.light.wire import resend
from edge_tasks.light.wire.model import model_of
from edge_tasks.light.wire.window import LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.light.host.fleet import EdgeEntry
    from edge_tasks.light.host.shared_state import SharedState
    from edge_tasks.light.wire.config_changes import Change
    from edge_tasks.light.wire.endpoint import Endpoint
    from edge_tasks.light.wire.model import Model


@dataclass(frozen=True, slots=True)
class SimulatedEdge:
    """An edge with its devices.

    Attributes:
        model: what it shares with others of the same configuration.
        simulation: its devices in time.
        endpoint: the backend that it connects to.
    """

    model: Model
    simulation: Simulation
    endpoint: Endpoint

    def changed(self, change: Change, entry: EdgeEntry, shared: SharedState) -> SimulatedEdge:
        """The edge that the changed configuration describes; it goes on at the moment at which this one stands.

        Raises:
            RpcError: it cannot be made; the error is as OpenEMS words it.
        """
        model = model_of(change.apply(self.model.configuration), version=self.model.version)
        memory = self.simulation.memory().settled().without(model.plant.renewed(self.model.plant))
        return simulated_edge(model, self.endpoint, memory, entry, shared)

    def unheard(self, memory: Memory, now: int, entry: EdgeEntry, shared: SharedState) -> Iterator[bytes]:
        """The messages of what the backend has not heard since such a memory."""
        shaped = shared.shaped(entry, self.model.plant)
        return resend.unheard(self.model, memory, shaped, now // LENGTH * LENGTH)


def simulated_edge(
    model: Model, endpoint: Endpoint, memory: Memory, entry: EdgeEntry, shared: SharedState
) -> SimulatedEdge:
    """Such an edge, from now on or from where its memory stands."""
    simulation = Simulation(model.plant, now_ms(), memory, shared.shaped(entry, model.plant))
    return SimulatedEdge(model, simulation, endpoint)
