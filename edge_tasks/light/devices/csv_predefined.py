"""``Simulator.Datasource.CSV.Predefined``: powers for meters by a curve of the day that has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.roles import Series, series_step
from edge_tasks.openems.components import factory
from edge_tasks.openems.csv_series import power
from edge_tasks.openems.predefined_series import predefined
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Series:
    factor = component.number("factor", 10_000.0)
    try:
        values = tuple(power(value, factor) for value in predefined(component.text("source", "ZERO")))
    except ValueError:  # a factor with which they are no powers
        values = ()
    return Series(Datasource(values, series_step(component)))


DEVICE: Final = Device(factory("Simulator.Datasource.CSV.Predefined"), _role)
