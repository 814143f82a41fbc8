"""The components that an edge's configuration directory configures, and the files that Felix would not load.

Felix keeps ``A.B.c`` in ``A/B/c.config``. It silently ignores a file that lies anywhere else (upper and lower
case differ), that it cannot parse, or that names no PID. Here the reason is told.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.openems import felix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

BACKEND: Final = "Controller.Api.Backend"
"""The factory of the component that connects an edge: it has the apikey and the backend's uri."""

_NO_NUMBER: Final = -(1 << 62)
SINGLETON_IDS: Final = {
    "Core.AppManager": "_appManager",
    "Core.ComponentManager": "_componentManager",
    "Core.Cycle": "_cycle",
    "Core.Energy": "_energy",
    "Core.Host": "_host",
    "Core.Meta": "_meta",
    "Core.PredictorManager": "_predictorManager",
    "Core.Sum": "_sum",
    "Ess.Power": "_power",
    "Evcs.SlowPowerIncreaseFilter": "_evcsSlowPowerIncreaseFilter",
}


@dataclass(frozen=True)
class Component:
    """One configured component.

    Attributes:
        id: e.g. ``meter0``.
        factory_pid: e.g. ``Simulator.GridMeter.Reacting``; of a singleton, its PID.
        pid: ``service.pid``.
        alias: as configured; empty when there is none.
        properties: every decoded value of the file. They hold the apikey, so they are not in the repr.
    """

    id: str
    factory_pid: str
    pid: str
    alias: str
    properties: Mapping[str, felix.Value] = field(repr=False)

    @property
    def enabled(self) -> bool:
        """OpenEMS' default is true."""
        return self.flag("enabled", default=True)

    def text(self, name: str, default: str = "") -> str:
        """A string property, or the default if it is absent or has another type."""
        value = self.properties.get(name)
        return value if isinstance(value, str) else default

    def integer(self, name: str, default: int) -> int:
        """An integer property, or the default if it is absent or not an integer."""
        return _integer(self.properties.get(name), default)

    def number(self, name: str, default: float) -> float:
        """A number, or the default if it is absent or not a number."""
        value = self.properties.get(name)
        if isinstance(value, str):
            with contextlib.suppress(ValueError):
                return float(value)
        return float(value) if isinstance(value, (int, float)) else default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean property, or the default if it is absent or not a boolean."""
        return as_flag(self.properties.get(name), default=default)

    def texts(self, name: str) -> tuple[str, ...]:
        """An array of strings, without those that are empty. A scalar is an array of one."""
        value = self.properties.get(name, ())
        items = value if isinstance(value, tuple) else (value,)
        return tuple(item for item in items if isinstance(item, str) and item)

    def integers(self, name: str) -> tuple[int, ...]:
        """An array of integers, some may be texts; other values are left out. A scalar is an array of one."""
        value = self.properties.get(name, ())
        items = value if isinstance(value, tuple) else (value,)
        found = (_integer(item, _NO_NUMBER) for item in items)
        return tuple(item for item in found if item != _NO_NUMBER)


def as_flag(value: felix.Value | None, *, default: bool) -> bool:
    """A value as OpenEMS reads a boolean: a text is true if it says so; the default if it is neither."""
    if isinstance(value, str):
        return value.strip().lower() == "true"
    return value if isinstance(value, bool) else default


@dataclass(frozen=True)
class Configuration:
    """What a configuration directory configures.

    Attributes:
        components: in the order of their ids.
        ignored: ``path: reason`` for each file that Felix would not load, in the order of the paths.
    """

    components: tuple[Component, ...]
    ignored: tuple[str, ...]

    def backend(self) -> Component | None:
        """The enabled Backend controller; the first by id if there are several."""
        return next((one for one in self.components if one.factory_pid == BACKEND and one.enabled), None)


class _IgnoredError(ValueError):
    """A file that Felix would not load, with the reason."""


def read(directory: Path) -> Configuration:
    """Read all ``.config`` files below a directory.

    Raises:
        OSError: the directory cannot be read.
    """
    return configuration(_files(directory))


def configuration(files: Iterable[tuple[PurePosixPath, bytes]]) -> Configuration:
    """What some files configure, each given by its path below the directory and its content."""
    found: dict[str, Component] = {}
    ignored = []
    for path, content in files:
        try:
            component = component_of(path, content)
        except _IgnoredError as error:
            ignored.append(f"{path}: {error}")
            continue
        if component is not None and component.id in found:
            ignored.append(f"{path}: the id {component.id} is already taken")
        elif component is not None:
            found[component.id] = component
    return Configuration(tuple(found[key] for key in sorted(found)), tuple(ignored))


def singleton(pid: str) -> Component:
    """A component that every edge runs, as it is without a file of its own."""
    return Component(SINGLETON_IDS[pid], pid, pid, "", {})


def component_of(path: PurePosixPath, content: bytes) -> Component | None:
    """One file as a component; None if it configures something else (logging, DynamicBindings).

    Raises:
        ValueError: Felix would not load it; the message is the reason.
    """
    if path.name == felix.DYNAMIC_BINDINGS:
        return None
    document = _parse(content)
    pid = document.string("service.pid")
    if pid is None:
        raise _IgnoredError("it has no service.pid")
    _check_place(path, pid)
    factory = document.string("service.factoryPid")
    if factory is None and felix.is_generated(path):
        raise _IgnoredError("it is named by a UUID but has no service.factoryPid")
    return _component(document, pid, factory)


def _component(document: felix.Document, pid: str, factory: str | None) -> Component | None:
    own_id = document.string("id") or SINGLETON_IDS.get(pid)
    if own_id is None:
        if factory is None:
            return None
        raise _IgnoredError("it has no id")
    return Component(own_id, factory or pid, pid, document.string("alias") or "", document.values())


def _check_place(path: PurePosixPath, pid: str) -> None:
    try:
        expected = felix.path_of(pid)
    except ValueError as error:
        raise _IgnoredError(f"its service.pid cannot be a path: {error}") from None
    if path.as_posix() != expected.as_posix():
        raise _IgnoredError(f"its service.pid belongs to {expected}")


def _parse(content: bytes) -> felix.Document:
    try:
        return felix.parse(content.decode())
    except UnicodeDecodeError:
        raise _IgnoredError("it is not UTF-8") from None
    except felix.FelixSyntaxError as error:
        raise _IgnoredError(str(error)) from None


def _files(directory: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    next(directory.iterdir(), None)  # rglob says nothing of a directory that is not there
    for path in sorted(directory.rglob("*.config")):
        if path.is_file():
            yield PurePosixPath(path.relative_to(directory).as_posix()), path.read_bytes()


def _integer(value: felix.Value | None, default: int) -> int:
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"[+-]?[0-9]{1,18}", value) else default
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return default
