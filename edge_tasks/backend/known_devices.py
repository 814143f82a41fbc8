"""What the backend knows of its devices, in memory: read once, changed by sockets. No input, no output."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.backend.channel_cache import Value
    from edge_tasks.backend.links import Link

_LEVELS: Final = {0: "ok", 1: "info", 2: "warning", 3: "fault"}
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+(-\S+)?")


@dataclass(frozen=True)
class Write:
    """What is to be written of a device; None and False mean: leave the column alone.

    Attributes:
        id: of the row.
        online: whether a socket is open.
        heard: a message came, so `lastmessage` is to be the time of the writing.
        level: `ok`, `info`, `warning` or `fault`.
    """

    id: int
    online: bool | None = None
    heard: bool = False
    level: str | None = None

    def then(self, later: Write) -> Write:
        """Both writes in one."""
        return Write(
            self.id,
            self.online if later.online is None else later.online,
            self.heard or later.heard,
            later.level or self.level,
        )


@dataclass(eq=False, slots=True)
class Device:
    """A row as it was when it was read, and what its edge has told since.

    Attributes:
        minute: of the last message, since 1970.
        links: the open sockets; two with one apikey are one edge that is online.
    """

    id: int
    name: str
    apikey: str = field(repr=False)
    version: str | None = None
    level: str | None = None
    minute: int = 0
    links: list[Link] = field(default_factory=list, repr=False)

    @property
    def online(self) -> bool:
        """Whether a socket is open."""
        return bool(self.links)

    def values(self, addresses: Iterable[str]) -> dict[str, Value]:
        """The values of some channels; None for all of them while the edge is offline."""
        if not self.links:
            return dict.fromkeys(addresses)
        return self.links[0].cache.values(addresses)


class Devices:
    """All rows, by apikey and by name, and what is to be written of them.

    Of two rows with one apikey the later wins, as in a Java map.
    """

    def __init__(self, devices: Iterable[Device] = ()) -> None:
        everything = list(devices)
        self._by_key = {device.apikey: device for device in everything}
        self._by_name = {device.name: device for device in everything}
        self._pending: dict[int, Write] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._by_name)

    @property
    def online(self) -> int:
        """Of how many a socket is open."""
        return sum(map(bool, (device.links for device in self._by_name.values())))

    @property
    def pending(self) -> int:
        """Of how many something is to be written."""
        return len(self._pending)

    def by_key(self, apikey: str | None) -> Device | None:
        """The device of an apikey as a header carries it, with blanks around it."""
        return self._by_key.get(apikey.strip()) if apikey else None

    def by_name(self, name: str) -> Device | None:
        """The device called `edge<number>`."""
        return self._by_name.get(name)

    def connect(self, device: Device, link: Link, minute: int) -> None:
        """A socket was opened with the device's key."""
        device.links.append(link)
        self._note(device, online=True)
        self.heard(device, minute)

    def disconnect(self, device: Device, link: Link) -> None:
        """A socket was closed."""
        device.links.remove(link)
        self._note(device, online=device.online)

    def heard(self, device: Device, minute: int) -> None:
        """A message came; as the real one, only the first of a minute is worth writing."""
        if device.minute < minute:
            device.minute = minute
            self._note(device, heard=True)

    def told_state(self, device: Device, state: Value) -> None:
        """`_sum/State` came; null tells nothing, and what is no level is a fault, as the real one has it."""
        if state is None:
            return
        level = _LEVELS.get(state, "fault") if type(state) is int else "fault"
        if level != device.level:
            device.level = level
            self._note(device, level=level)

    def take_writes(self) -> list[Write]:
        """What is to be written, ordered by id; it counts as written from now on."""
        pending, self._pending = self._pending, {}
        return sorted(pending.values(), key=lambda write: write.id)

    def put_back(self, writes: Iterable[Write]) -> None:
        """These could not be written; what came meanwhile is newer."""
        for write in writes:
            later = self._pending.get(write.id)
            self._pending[write.id] = write.then(later) if later else write

    def _note(self, device: Device, **change: Any) -> None:  # noqa: ANN401 - the fields of a Write
        self._pending[device.id] = replace(self._pending.get(device.id, Write(device.id)), **change)


def new_version(device: Device, value: Value) -> str | None:
    """The version to write when `_meta/Version` is one and differs from the row's."""
    if isinstance(value, str) and _VERSION.fullmatch(value) and value != device.version:
        return value
    return None
