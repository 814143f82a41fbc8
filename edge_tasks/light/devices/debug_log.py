"""``Controller.Debug.Log``: writes a line of log in each cycle, for those who have subscribed to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.roles import Logger
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


def _role(_component: Component) -> Logger:
    return Logger("ler.debug.log.ControllerDebugLogImpl")


DEVICE: Final = Device(factory("Controller.Debug.Log"), _role)
