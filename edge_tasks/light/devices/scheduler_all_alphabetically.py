"""``Scheduler.AllAlphabetically``: runs the controllers that it lists, and after them all others by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.roles import Schedule
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Schedule:
    return Schedule(component.texts("controllers.ids"), runs_others=True)


DEVICE: Final = Device(factory("Scheduler.AllAlphabetically"), _role)
