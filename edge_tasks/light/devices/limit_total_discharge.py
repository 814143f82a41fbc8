"""``Controller.Ess.LimitTotalDischarge``: stops a battery from being discharged below a state of charge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.roles import Control
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Control:
    return Control(component.text("ess.id", "ess0"), min_soc=component.integer("minSoc", 15))


DEVICE: Final = Device(factory("Controller.Ess.LimitTotalDischarge"), _role)
