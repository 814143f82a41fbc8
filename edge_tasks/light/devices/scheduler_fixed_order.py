"""``Scheduler.FixedOrder``: runs the controllers that it lists, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.roles import Schedule
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Schedule:
    return Schedule(component.texts("controllers.ids"), runs_others=False)


DEVICE: Final = Device(factory("Scheduler.FixedOrder"), _role)
