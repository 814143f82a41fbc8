"""One ``.config`` file of a template: read, parsed, and held against Felix's rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from edge_tasks.errors import SettingsError
from edge_tasks.openems import felix
from edge_tasks.openems.configuration import SINGLETON_IDS
from edge_tasks.openems.release import NEW_SINGLETONS
from edge_tasks.openems.singletons import is_configured

_SINGLETONS: Final = NEW_SINGLETONS | SINGLETON_IDS.keys()


@dataclass(frozen=True)
class SourceFile:
    """A ``.config`` file of the template: its path below ``config.d``, and its exact text."""

    path: PurePosixPath
    text: str


@dataclass(frozen=True)
class ParsedFile:
    """The same file with what it says.

    Attributes:
        source: as it was read.
        document: its values and where they stand.
        pid: its ``service.pid``; None for the file of DynamicBindings, which has none.
    """

    source: SourceFile
    document: felix.Document
    pid: str | None

    @property
    def renewed(self) -> bool:
        """Whether each edge gets a UUID of its own in place of the one in the file's name."""
        return self.document.find("service.factoryPid") is not None and felix.is_generated(self.source.path)

    @property
    def is_written_by_edge(self) -> bool:
        """Whether it is a singleton that a running edge writes by itself, and that nobody has configured."""
        if self.document.find("service.factoryPid") is not None:
            return False
        if self.pid is not None and is_configured(self.pid, self.document.values()):
            return False
        return self.pid in _SINGLETONS or self.document.find("service.bundleLocation") is not None

    @property
    def target(self) -> PurePosixPath:
        """Where Felix looks for it."""
        return felix.path_of(self.pid) if self.pid else self.source.path


def parse(source: SourceFile, folder: str) -> ParsedFile:
    """Parse what was read from ``folder``, which is only named in messages.

    Raises:
        SettingsError: Felix would ignore it; with file and line.
    """
    where = f"{folder}/{source.path}"
    try:
        document = felix.parse(source.text)
    except felix.FelixSyntaxError as error:
        raise SettingsError(
            f"{where}:{error.line}: {error.problem}",
            hint="Felix would silently ignore this file: correct it or remove it",
        ) from None
    if source.path == PurePosixPath(felix.DYNAMIC_BINDINGS):
        return ParsedFile(source, document, None)
    return ParsedFile(source, document, _checked_pid(source, document, where))


def _checked_pid(source: SourceFile, document: felix.Document, where: str) -> str:
    found = document.find("service.pid")
    if found is None or not isinstance(found.value, str):
        raise SettingsError(f"{where}:1: no service.pid", hint="add one, or remove the file")
    try:
        path = felix.path_of(found.value)
    except ValueError as error:
        raise SettingsError(f"{where}:{found.line}: service.pid {error}", hint="give it a plain PID") from None
    if path.name != source.path.name:
        raise SettingsError(
            f"{where}:{found.line}: the file name is not the last segment of service.pid {found.value}",
            hint=f"rename the file to {path.name}, or correct its service.pid",
        )
    if felix.is_generated(source.path) and document.string("service.factoryPid") is None:
        raise SettingsError(
            f"{where}:1: a factory file without service.factoryPid", hint="add one, or remove the file"
        )
    return found.value
