"""Which component of a backend knows its devices: ``Metadata.Odoo``, ``Metadata.File`` or ``Dummy``. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.openems import felix

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

ODOO: Final = "Metadata.Odoo"
FILE: Final = "Metadata.File"
DUMMY: Final = "Metadata.Dummy"
KNOWN: Final = (ODOO, FILE, DUMMY)
"""In the order in which they are believed where a backend has more than one."""


@dataclass(frozen=True)
class Metadata:
    """A configured component that knows the devices.

    Attributes:
        pid: its PID, for example ``Metadata.File``.
        file: which configures it, below ``config.d``.
        line: of its PID, counted from 1.
        devices: the file with the devices as the backend's container sees it; only ``Metadata.File`` has one.
    """

    pid: str
    file: PurePosixPath
    line: int
    devices: str = ""

    @property
    def needs_odoo(self) -> bool:
        """Whether PostgreSQL and Odoo must run for it."""
        return self.pid == ODOO


def find_metadata(files: Mapping[PurePosixPath, str]) -> tuple[Metadata, ...]:
    """What a backend's ``config.d`` configures of them, in the order of :data:`KNOWN`.

    Felix loads a file only if it lies where its PID says, and if it parses. So others do not count.

    Args:
        files: their texts, by path below the folder.
    """
    wanted = ((pid, felix.path_of(pid)) for pid in KNOWN)
    found = (_read(pid, path, files[path]) for pid, path in wanted if path in files)
    return tuple(one for one in found if one is not None)


def _read(pid: str, path: PurePosixPath, text: str) -> Metadata | None:
    try:
        document = felix.parse(text)
    except felix.FelixSyntaxError:
        return None
    own = document.find("service.pid")
    if own is None or own.value != pid:
        return None
    devices = document.string("path") or "" if pid == FILE else ""
    return Metadata(pid, path, own.line, devices)
