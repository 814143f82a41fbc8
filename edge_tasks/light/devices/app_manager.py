"""``Core.AppManager``: the singleton that the UI asks for apps; a light edge has none."""

from __future__ import annotations

from typing import Final

from edge_tasks.light.engine.device import Device
from edge_tasks.openems.components import factory

DEVICE: Final = Device(
    factory("Core.AppManager"), answers={"getApps": {"apps": []}, "getAppInstances": {"instances": []}}
)
