"""What the backend knows of its devices, in memory: read once, changed by sockets. No input, no output."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_LEVELS: Final = {0: "ok", 1: "info", 2: "warning", 3: "fault"}
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+(-\S+)?")


@dataclass(eq=False)
class Device:
    """A row as it was when it was read, and what its edge has told since.

    Attributes:
        sockets: how many sockets with its apikey are open; two with one key are one edge that is online.
    """

    id: int
    name: str
    apikey: str = field(repr=False)
    version: str | None = None
    level: str | None = None
    lastmessage: datetime | None = None
    sockets: int = 0

    @property
    def online(self) -> bool:
        """Whether a socket is open."""
        return self.sockets > 0


class Devices:
    """All rows, by apikey and by name, and which of them differ from what was last written.

    Of two rows with one apikey the later wins, as in a Java map.
    """

    def __init__(self, devices: Iterable[Device] = ()) -> None:
        everything = list(devices)
        self._by_key = {device.apikey: device for device in everything}
        self._by_name = {device.name: device for device in everything}
        self._changed: set[Device] = set()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._by_name)

    def by_key(self, apikey: str | None) -> Device | None:
        """The device of an apikey as a header carries it, with blanks around it."""
        return self._by_key.get(apikey.strip()) if apikey else None

    def by_name(self, name: str) -> Device | None:
        """The device called `edge<number>`."""
        return self._by_name.get(name)

    def connect(self, device: Device) -> None:
        """A socket was opened with the device's key."""
        device.sockets += 1
        self._changed.add(device)

    def disconnect(self, device: Device) -> None:
        """A socket was closed."""
        device.sockets -= 1
        self._changed.add(device)

    def heard(self, device: Device, now: datetime, state: object = None) -> None:
        """Data came in; `state` is a new value of `_sum/State`, or none."""
        device.lastmessage = now
        if isinstance(state, int) and not isinstance(state, bool):
            device.level = _LEVELS.get(state, device.level)
        self._changed.add(device)

    def take_changed(self) -> list[Device]:
        """The devices to write, ordered by id; they count as written from now on."""
        changed, self._changed = self._changed, set()
        return sorted(changed, key=lambda device: device.id)

    def put_back(self, devices: Iterable[Device]) -> None:
        """These could not be written."""
        self._changed.update(devices)


def new_version(device: Device, value: object) -> str | None:
    """The version to write when `_meta/Version` is one and differs from the row's."""
    if isinstance(value, str) and _VERSION.fullmatch(value) and value != device.version:
        return value
    return None
