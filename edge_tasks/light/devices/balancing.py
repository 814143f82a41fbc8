"""``Controller.Symmetric.Balancing``: makes a battery keep the grid's power at a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.roles import Control
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Control:
    return Control(component.text("ess.id", "ess0"), target=component.integer("targetGridSetpoint", 0))


DEVICE: Final = Device(factory("Controller.Symmetric.Balancing"), _role)
