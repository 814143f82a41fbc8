"""``Core.Host``: the singleton that the UI asks for network and updates; a light edge has neither."""

from __future__ import annotations

from typing import Final

from edge_tasks.light.engine.device import Device
from edge_tasks.openems.components import factory

DEVICE: Final = Device(
    factory("Core.Host"),
    answers={"getNetworkConfig": {"interfaces": {}}, "getSystemUpdateState": {"unknown": {}}},
)
