"""The components that light edges simulate, one module each; nothing else knows their names.

A module declares its component as ``DEVICE``, and is found by being here.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.light.engine.device import Device


def _found() -> Iterator[Device]:
    for module in iter_modules(__path__):
        device: Device = import_module(f"{__name__}.{module.name}").DEVICE
        yield device


DEVICES: Final = Catalogue({device.factory.pid: device for device in _found()})
