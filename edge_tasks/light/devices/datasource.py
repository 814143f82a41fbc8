"""``Simulator.Datasource.Single.Direct``: a series of powers for meters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.roles import Series, series_step
from edge_tasks.openems.components import factory
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Series:
    return Series(Datasource(component.integers("values"), series_step(component)))


DEVICE: Final = Device(factory("Simulator.Datasource.Single.Direct"), _role)
