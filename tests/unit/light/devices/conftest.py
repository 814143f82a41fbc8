from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.model import model_of
from edge_tasks.openems.configuration import Component, Configuration
from tests.unit.light.devices.built_edge import Build, Edge, Part

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def edge(component: Callable[..., Component]) -> Build:
    """An edge of components, each ``(id, factory PID, properties)``; batteries follow at once, it is 1970."""

    def build(*parts: Part, pid_filter: bool = False, began: int = 0) -> Edge:
        power = component("_power", "Ess.Power", enablePid=pid_filter)
        made = [component(own_id, factory, **properties) for own_id, factory, properties in parts]
        known = [*made, power] if all(one.id != "_power" for one in made) else made
        configuration = Configuration(tuple(sorted(known, key=lambda one: one.id)), ())
        model = model_of(configuration)
        return Edge(model, Simulation(model.plant, began))

    return build
