"""``Simulator.Datasource.Single.Direct``: a series of powers for meters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.roles import Series
from edge_tasks.openems.components import factory
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Series:
    step_s = max(0, component.integer("timeDelta", -1))
    return Series(Datasource(component.integers("values"), 1000 * step_s))


DEVICE: Final = Device(factory("Simulator.Datasource.Single.Direct"), _role)
