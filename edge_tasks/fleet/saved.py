"""The saved fleet of a platform, its lock, and what was done: the directory ``.edge-tasks``."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters.files import PRIVATE, write_file, writing
from edge_tasks.errors import NotWritable, PlatformLocked, SettingsError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edge_tasks.fleet.record import Place

FOLDER: Final = ".edge-tasks"
_VERSION: Final = 1


@dataclass(frozen=True)
class Saved:
    """What is saved of a fleet, and read by every step.

    Attributes:
        fleet: identity and size.
        runtime: its name.
        override_file: the name of the compose override.
        extras: settings whose values are not the defaults, by name.
    """

    fleet: Fleet
    runtime: str
    override_file: str
    extras: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def choices(self) -> dict[str, str | int]:
        """Everything that was chosen, by the name of its setting."""
        return {
            "edges": self.fleet.full,
            "light_edges": self.fleet.light,
            "runtime": self.runtime,
            "reserve": self.fleet.reserve,
            "port_offset": self.fleet.port_offset,
            "override_file": self.override_file,
            **self.extras,
        }

    @property
    def place(self) -> Place:
        """Where it is, for the record."""
        return {
            "runtime": self.runtime,
            "override_file": self.override_file,
            "port_offset": self.fleet.port_offset,
            "extras": dict(self.extras),
        }

    def at(self, place: Place) -> Saved:
        """The same fleet where it was before."""
        fleet = replace(self.fleet, port_offset=place["port_offset"])
        return Saved(fleet, place["runtime"], place["override_file"], place["extras"])


def no_fleet(platform: Path) -> SettingsError:
    """The error of a task that needs a fleet, on a platform that has none."""
    return SettingsError(f"there is no fleet in {platform}", hint="inv setup --edges 3")


def new_fleet(size: int) -> Fleet:
    """A fleet with a new identity."""
    from uuid6 import uuid7  # noqa: PLC0415 - 16 ms that only a new fleet needs

    return Fleet(id=str(uuid7()), secret=secrets.token_bytes(32), size=size)


def platform_in(words: Iterable[str]) -> Path | None:
    """The platform in whose state directory one of these words of a command lies; None if none does."""
    for word in words:
        parts = PurePath(word).parts
        if PurePath(word).is_absolute() and FOLDER in parts:
            return Path(*parts[: parts.index(FOLDER)])
    return None


@dataclass(frozen=True)
class State:
    """The state directory of a platform; git ignores it by itself."""

    platform: Path

    @property
    def folder(self) -> Path:
        """Where everything is kept that is ours and not the platform's."""
        return self.platform / FOLDER

    def load(self) -> Saved | None:
        """The saved fleet, or None when there is none.

        Raises:
            SettingsError: the file is there and not readable as one.
        """
        path = self.folder / "fleet.json"
        try:
            return _saved(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except PermissionError:
            raise SettingsError(
                f"you may not read {path}{_owner_of(self.folder)}",
                hint="run this as its owner, or type inv down --purge as its owner first",
            ) from None
        except (ValueError, KeyError, TypeError):
            raise SettingsError(
                f"{path} is not a saved fleet of this version",
                hint="restore the file, or remove it: the new fleet then has new apikeys,"
                " and old device rows need --adopt",
            ) from None

    def save(self, saved: Saved) -> None:
        """Replace the saved fleet."""
        write_file(self.folder / "fleet.json", json.dumps(_document(saved), indent=2) + "\n")

    @property
    def record(self) -> Record:
        """What was done."""
        return Record(self.folder / "record.json")

    def check_owner(self) -> None:
        """Refuse to work where another user did, or where we may not write. Nothing is changed before that.

        Raises:
            SettingsError: another user owns it; with the owner.
            NotWritable: it is a link, or nothing may be written there.
        """
        folder = self.folder
        if folder.is_symlink():
            raise NotWritable(
                f"{folder} is a symlink", hint="remove it: the state has to be a folder in the platform"
            )
        if folder.exists() and folder.stat().st_uid != os.geteuid():
            raise SettingsError(
                f"{folder} belongs to uid {folder.stat().st_uid}, you are uid {os.geteuid()}",
                hint="run this as that user, or have that user run inv down --purge first",
            )
        nearest = next(path for path in (self.platform, *self.platform.parents) if path.exists())
        if not os.access(nearest, os.W_OK):
            raise NotWritable(
                f"you have no permission to write {nearest}",
                hint="run this as its owner, or use a copy of your own",
            )

    @contextmanager
    def locked(self, command: str) -> Iterator[None]:
        """Hold the platform's lock.

        Raises:
            PlatformLocked: another command has it; with its process, and since when.
        """
        with writing(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (self.folder / ".gitignore").exists():
                write_file(self.folder / ".gitignore", "# edge-tasks: state and secrets\n*\n")
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            _take(descriptor, self.platform)
            with writing(self.folder / "lock"):
                os.ftruncate(descriptor, 0)
                since = time.strftime("%H:%M:%S")
                os.pwrite(
                    descriptor, f"pid {os.getpid()}, {command}, since {since}".encode(errors="surrogateescape"), 0
                )
            yield
        finally:
            os.close(descriptor)


def _owner_of(folder: Path) -> str:
    try:
        return f", the folder of uid {folder.stat().st_uid}"
    except OSError:  # a folder above it is closed
        return ""


def _take(descriptor: int, platform: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 500, 0).decode(errors="replace") or "a command that has just started"
        raise PlatformLocked(
            f"another command is working on {platform}: {holder}", hint="wait until it ends, then run this again"
        ) from None


def _saved(document: dict[str, Any]) -> Saved:
    if document["version"] != _VERSION:
        raise ValueError(document["version"])
    fleet = Fleet(
        id=str(document["id"]),
        secret=bytes.fromhex(document["secret"]),
        size=int(document["edges"]),
        key_generation=int(document["key_generation"]),
        reserve=int(document["reserve"]),
        port_offset=int(document["port_offset"]),
        light=int(document.get("light_edges", 0)),
    )
    extras = dict(document.get("extras", {}))
    return Saved(fleet, str(document["runtime"]), str(document["override_file"]), extras)


def _document(saved: Saved) -> dict[str, object]:
    fleet = saved.fleet
    return {
        "version": _VERSION,
        "id": fleet.id,
        "secret": fleet.secret.hex(),
        "edges": fleet.size,
        "light_edges": fleet.light,
        "key_generation": fleet.key_generation,
        "reserve": fleet.reserve,
        "port_offset": fleet.port_offset,
        "runtime": saved.runtime,
        "override_file": saved.override_file,
        "extras": dict(saved.extras),
    }
