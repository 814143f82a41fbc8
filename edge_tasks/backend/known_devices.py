"""What the backend knows of its devices, in memory: read once, changed by what edges send. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edge_tasks.backend.channel_cache import ChannelCache, Value
    from edge_tasks.backend.json_rpc import JsonObject

_LEVELS: Final = {0: "ok", 1: "info", 2: "warning", 3: "fault"}
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+(-\S+)?")


class Connection(Protocol):
    """An edge's connection as far as its device uses it."""

    @property
    def cache(self) -> ChannelCache:
        """The values that came over it."""

    def send(self, text: bytes) -> None:
        """Send a message to the edge."""

    async def ask(self, user: Mapping[str, str], payload: Mapping[str, object]) -> JsonObject:
        """Send an `authenticatedRpc` request, and wait for the answer as long as it takes."""


@dataclass(frozen=True)
class Write:
    """What must be written into a device's row. None and False leave the column as it is.

    Attributes:
        id: the row's.
        online: whether a connection is open.
        heard: a message came, so `lastmessage` becomes the time at which this is written.
        level: `ok`, `info`, `warning` or `fault`.
    """

    id: int
    online: bool | None = None
    heard: bool = False
    level: str | None = None

    def then(self, later: Write) -> Write:
        """One write that does what this one and then a later one would do."""
        return Write(
            self.id,
            self.online if later.online is None else later.online,
            self.heard or later.heard,
            later.level or self.level,
        )


@dataclass(eq=False, slots=True)
class Device:
    """A row as it was read, and what its edge has sent since.

    Attributes:
        minute: when the last message came, in minutes since 1970.
        connections: the open ones. Two with the same apikey count as one edge that is online.
    """

    id: int
    name: str
    apikey: str = field(repr=False)
    version: str | None = None
    level: str | None = None
    minute: int = 0
    connections: list[Connection] = field(default_factory=list, repr=False)

    @property
    def online(self) -> bool:
        """Whether a connection is open."""
        return bool(self.connections)

    def values(self, addresses: Iterable[str]) -> dict[str, Value]:
        """The values of some channels; each is None while the edge is offline."""
        if not self.connections:
            return dict.fromkeys(addresses)
        return self.connections[0].cache.values(addresses)


class Devices:
    """All rows, by apikey and by name, and what must be written into them.

    Of two rows with the same apikey the later one counts, as in OpenEMS.
    """

    def __init__(self, devices: Iterable[Device] = ()) -> None:
        known = list(devices)
        self._by_key = {device.apikey: device for device in known}
        self._by_name = {device.name: device for device in known}
        self._pending: dict[int, Write] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._by_name)

    @property
    def online(self) -> int:
        """How many have an open connection."""
        return sum(device.online for device in self._by_name.values())

    def names_online(self) -> list[str]:
        """The names of those that have an open connection."""
        return [device.name for device in self._by_name.values() if device.online]

    def names_by_key(self) -> dict[str, str]:
        """The name of each device by its apikey."""
        return {key: device.name for key, device in self._by_key.items() if key}

    @property
    def pending(self) -> int:
        """How many devices have something that must be written."""
        return len(self._pending)

    def by_key(self, apikey: str | None) -> Device | None:
        """The device of an apikey as a header carries it, with blanks around it."""
        return self._by_key.get(apikey.strip()) if apikey else None

    def by_name(self, name: str) -> Device | None:
        """The device called `edge<number>`."""
        return self._by_name.get(name)

    def connect(self, device: Device, connection: Connection, minute: int) -> None:
        """Note that a connection was opened with the device's apikey."""
        device.connections.append(connection)
        self._note(Write(device.id, online=True))
        self.heard(device, minute)

    def disconnect(self, device: Device, connection: Connection) -> None:
        """Note that a connection was closed."""
        device.connections.remove(connection)
        self._note(Write(device.id, online=device.online))

    def heard(self, device: Device, minute: int) -> None:
        """Note that a message came. Only the first one in a minute is written, as OpenEMS does it."""
        if device.minute < minute:
            device.minute = minute
            self._note(Write(device.id, heard=True))

    def told_state(self, device: Device, state: Value) -> None:
        """Note the value of `_sum/State`: null changes nothing, and what is not a level is a fault."""
        if state is None:
            return
        level = _LEVELS.get(state, "fault") if type(state) is int else "fault"
        if level != device.level:
            device.level = level
            self._note(Write(device.id, level=level))

    def take_writes(self) -> list[Write]:
        """Return what must be written, ordered by id, and count it as written."""
        pending, self._pending = self._pending, {}
        return sorted(pending.values(), key=lambda write: write.id)

    def put_back(self, writes: Iterable[Write]) -> None:
        """Keep these for the next time, because they could not be written; what came meanwhile is newer."""
        for write in writes:
            later = self._pending.get(write.id)
            self._pending[write.id] = write.then(later) if later else write

    def _note(self, write: Write) -> None:
        earlier = self._pending.get(write.id)
        self._pending[write.id] = earlier.then(write) if earlier else write


def new_version(device: Device, value: Value) -> str | None:
    """The version to write when `_meta/Version` is one and differs from the row's."""
    if isinstance(value, str) and _VERSION.fullmatch(value) and value != device.version:
        return value
    return None
