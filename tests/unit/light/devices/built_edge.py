"""An edge of some components, for the tests of devices."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from edge_tasks.light.devices import DEVICES
from edge_tasks.light.engine.memory import Command
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.window import Window
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.light.wire.model import Model

Part: TypeAlias = tuple[str, str, dict[str, Any]]
"""Id, factory PID, properties."""


@dataclass
class Edge:
    """An edge of some components, as its backend sees it."""

    model: Model
    simulation: Simulation

    def after(self, ms: int) -> Edge:
        self.simulation.advance(self.simulation.now + ms)
        return self

    def write(self, channel: str, value: int) -> Edge:
        assert channel in self.model.plant.writable
        self.simulation.command(Command(channel, value, NEVER))
        return self

    @property
    def values(self) -> dict[str, Any]:
        text = ChannelValues(self.model.channels, self.simulation).everything()
        return dict(json.loads(b"{%b}" % text))

    def log(self, own_id: str) -> str:
        """What a component says in a line of the edge's log."""
        pids = {one.id: one.factory_pid for one in self.model.configuration.components}
        return DEVICES.devices[pids[own_id]].log(own_id, self.simulation)

    def averages(self, window: Window | None = None) -> dict[str, Any]:
        """The averages of five minutes, at their end; of those that begin now unless others are given."""
        window = window or Window(self.simulation)
        self.simulation.advance(window.end)
        channels = self.model.channels
        return dict(json.loads(b"{%b,%b}" % (channels.known, window.close(self.simulation, channels))))


Build: TypeAlias = Callable[..., Edge]
