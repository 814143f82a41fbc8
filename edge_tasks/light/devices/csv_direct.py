"""``Simulator.Datasource.CSV.Direct``: series of powers for meters, in a CSV text of the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.roles import Series, series_step
from edge_tasks.openems.components import factory
from edge_tasks.openems.csv_series import parsed
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Series:
    found = parsed(
        component.text("source", "0"), component.text("format", "GERMAN_EXCEL"), component.number("factor", 1.0)
    )
    step = series_step(component)
    titled = {title: Datasource(values, step) for title, values in found.titled.items()}
    return Series(Datasource(found.first, step), titled)


DEVICE: Final = Device(factory("Simulator.Datasource.CSV.Direct"), _role)
