"""The two files that a light host shares with whoever runs it: the fleet it is to run, and what became of it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import orjson

Stamp: TypeAlias = tuple[int, int, int]
"""What tells a file's content from an earlier one: mtime_ns, size, inode."""

_PRIVATE: Final = 0o600


class FleetFileError(ValueError):
    """A fleet file that cannot be used; the message is one sentence."""


@dataclass(frozen=True)
class EdgeEntry:
    """One edge to run: its name, its configuration directory, and a digest that changes with its content."""

    name: str
    directory: Path
    digest: str


@dataclass(frozen=True)
class Fleet:
    """A fleet file's content; edges by name."""

    revision: str
    status_file: Path
    edges: dict[str, EdgeEntry]


def stamp(path: Path) -> Stamp:
    """The stamp of a file as it stands.

    Raises:
        OSError: there is none.
    """
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def load(path: Path) -> Fleet:
    """Read a fleet file.

    Raises:
        OSError: it cannot be read.
        FleetFileError: it is no fleet.
    """
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise FleetFileError(f"the fleet file is no JSON: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("edges"), list):
        raise FleetFileError('the fleet file is no object with a list "edges"')
    status_file = Path(_text(content, "status_file"))
    if not status_file.is_absolute():
        raise FleetFileError('"status_file" of the fleet file is no absolute path')
    entries = [_entry(item) for item in content["edges"]]
    edges = {entry.name: entry for entry in entries}
    if len(edges) != len(entries):
        raise FleetFileError("the fleet file names an edge twice")
    return Fleet(_text(content, "revision"), status_file, edges)


def write_status(path: Path, status: dict[str, Any]) -> None:
    """Replace the status file in one step, readable for its owner only.

    Raises:
        OSError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE), "wb") as file:
        file.write(orjson.dumps(status))
    draft.replace(path)


def _entry(item: object) -> EdgeEntry:
    if not isinstance(item, dict):
        raise FleetFileError("an edge of the fleet file is no object")
    return EdgeEntry(_text(item, "name"), Path(_text(item, "directory")), _text(item, "digest"))


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    if not isinstance(value, str):
        raise FleetFileError(f'"{key}" is missing in the fleet file or is no string')
    return value
