"""``Ess.Power``: the singleton that leads batteries to their power, by a filter or at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.pid_filter import DEFAULT, Gains
from edge_tasks.light.engine.roles import Filter
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(component: Component) -> Filter:
    if not component.flag("enablePid", default=True):
        return Filter(None)
    gains = (component.number(name, getattr(DEFAULT, name)) for name in ("p", "i", "d"))
    return Filter(Gains(*gains))


DEVICE: Final = Device(factory("Ess.Power"), _role)
