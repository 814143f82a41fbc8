"""``Core.Host``: the singleton that the UI asks for network and updates; a light edge has neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant

_HOSTNAME: Final = "light-edge"
"""Light edges share a machine. Its name is nobody's business at a backend elsewhere."""


def _channels(own_id: str, _plant: Plant) -> ComponentChannels:
    """The name of its machine, which a real edge asks for when it starts (``HostImpl.java:88`` of 2024.7.0)."""
    return ComponentChannels(still_averages={f"{own_id}/Hostname": _HOSTNAME})


DEVICE: Final = Device(
    factory("Core.Host"),
    channels=_channels,
    answers={"getNetworkConfig": lambda _: {"interfaces": {}}, "getSystemUpdateState": lambda _: {"unknown": {}}},
)
