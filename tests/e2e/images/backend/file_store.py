"""The devices of a stand-in backend with ``Metadata.File`` or ``Metadata.Dummy``: nothing of them is stored."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from unittest import mock

from edge_tasks.backend import stand_in
from edge_tasks.backend.known_devices import Device, Devices
from edge_tasks.registry.file.entries import read_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from edge_tasks.backend.known_devices import Write
    from edge_tasks.registry.file.entries import Entry

ENDS_IN_DIGITS = re.compile(r"[^0-9]+[0-9]+$")


class FileStore:
    """Stands in for the device table: the file is read once, and configs are kept in memory."""

    path: ClassVar[str] = ""

    def __init__(self, _database: object) -> None:
        self._devices: list[Device] = []
        self._configs: dict[int, str] = {}

    async def load(self) -> list[Device]:
        """Read the file; of ``Metadata.Dummy`` there is none."""
        entries = enumerate(self._entries())
        self._devices = [Device(number, entry.name, entry.apikey) for number, entry in entries]
        return self._devices

    def _entries(self) -> Sequence[Entry]:
        return read_entries(Path(self.path).read_text(), self.path) if self.path else ()

    async def active(self, names: Sequence[str]) -> set[str]:
        """Everybody sees everything."""
        return set(names)

    async def flush(self, _writes: Iterable[Write]) -> None:
        """Nothing is stored."""

    async def write_versions(self, _versions: Mapping[int, str]) -> None:
        """Nothing is stored."""

    async def write_configs(self, configs: Mapping[int, bytes]) -> None:
        """Keep them."""
        self._configs |= {number: text.decode() for number, text in configs.items()}

    async def config(self, name: str) -> str | None:
        """The configuration that an edge has told."""
        ids = {device.name: device.id for device in self._devices}
        return self._configs.get(ids.get(name, int(re.sub(r"\D", "", name))))

    async def close(self) -> None:
        """Nothing is open."""


class AnyDevice(Devices):
    """``Metadata.Dummy`` of 2024.7.0: an apikey that ends in digits is the name of a device."""

    def by_key(self, apikey: str | None) -> Device | None:
        """The device of an apikey, which is there from now on."""
        name = (apikey or "").strip()
        if name and name not in self._by_key and ENDS_IN_DIGITS.match(name):
            device = Device(int(re.sub(r"\D", "", name)), name, name)
            self._by_key[name] = self._by_name[name] = device
        return super().by_key(apikey)


def replaced(path: str) -> AbstractContextManager[object]:
    """The backend with other devices while this lasts; without a path they are those of ``Metadata.Dummy``."""
    FileStore.path = path
    others = {"Store": FileStore} if path else {"Store": FileStore, "Devices": AnyDevice}
    return mock.patch.multiple(stand_in, **others)
