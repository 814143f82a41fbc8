"""Results of long work that are kept for the user's next platforms, in a cache of bounded size.

An entry is a folder named by its key: files, and a description with a digest of each. It is written beside and
then renamed, so that an entry that is there is whole. Whoever opens one that is damaged removes it. What a killed
call has left unfinished goes an hour later, with the next call of whatever kind.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import digest_of, write_file
from edge_tasks.errors import FleetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_BYTES: Final = 1 << 30
"""All entries together; the ones that were used longest ago go first."""
_DESCRIPTION: Final = "entry.json"
_UNFINISHED: Final = ".new"
_OLD_S: Final = 3600.0
"""What was begun so long ago and is unfinished was left by somebody who was killed."""


class DamagedError(FleetError):
    """An entry is not what was put there; it has been removed."""


@dataclass(frozen=True)
class Entry:
    """What is kept.

    Attributes:
        folder: where its files are.
        about: what it is, for people, and whatever belongs to it.
        size: of its files, in bytes.
        used: when it was made or last used, seconds since 1970.
    """

    folder: Path
    about: Mapping[str, str]
    size: int
    used: float


@dataclass
class NewEntry:
    """An entry that is being made.

    Attributes:
        folder: takes its files.
        about: as in :class:`Entry`.
    """

    folder: Path
    about: dict[str, str]


@dataclass(frozen=True)
class KeptFiles:
    """A folder of entries that only the user can read."""

    folder: Path

    @classmethod
    def of_user(cls, kind: str) -> KeptFiles:
        """The folder of one kind of entries, in the user's cache: ``$XDG_CACHE_HOME/edge-tasks/KIND``."""
        home = os.environ.get("XDG_CACHE_HOME", "")
        place = Path(home) if Path(home).is_absolute() else Path.home() / ".cache"
        return cls(place / "edge-tasks" / kind)

    def entries(self) -> list[Entry]:
        """All entries, the one that was used last first; damaged descriptions have no words."""
        self._sweep()
        found = [self._entry(path) for path in self._folders() if not path.name.startswith(".")]
        return sorted(found, key=lambda entry: -entry.used)

    def find(self, key: str) -> Entry | None:
        """An entry, whole; None if there is none.

        Raises:
            DamagedError: it was there, but was not what had been put there; it is gone now.
        """
        self._sweep()
        folder = self.folder / key
        if not _is_folder(folder):
            return None
        try:
            digests = json.loads((folder / _DESCRIPTION).read_bytes())["digests"]
            is_whole = bool(digests) and all(digest_of(folder / name) == digests[name] for name in digests)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            is_whole = False
        if not is_whole:
            self.remove(key)
            raise DamagedError(f"{folder} is damaged")
        with suppress(OSError):
            os.utime(folder / _DESCRIPTION)
        return self._entry(folder)

    @contextmanager
    def adding(self, key: str, about: Mapping[str, str]) -> Iterator[NewEntry]:
        """A new entry, whose files the body puts into its folder; nothing is kept if the body fails.

        Raises:
            OSError: it cannot be written, for example because the disk is full.
            NotWritable: the same of its description.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        new = self.folder / f".{key}.{secrets.token_hex(6)}{_UNFINISHED}"
        new.mkdir(mode=0o700)
        try:
            entry = NewEntry(new, dict(about))
            yield entry
            digests = {path.name: digest_of(path) for path in sorted(new.iterdir())}
            write_file(new / _DESCRIPTION, json.dumps({"about": entry.about, "digests": digests}, indent=2))
            with suppress(OSError):  # somebody else has put the same there meanwhile
                new.rename(self.folder / key)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        self._bound()

    def remove(self, key: str) -> None:
        """Remove an entry if it is there. Nobody sees a part of it: it is renamed before."""
        gone = self.folder / f".{key}.{secrets.token_hex(6)}{_UNFINISHED}"
        with suppress(OSError):
            (self.folder / key).rename(gone)
            shutil.rmtree(gone, ignore_errors=True)

    def clear(self) -> int:
        """Remove all entries, and what is unfinished; how many entries they were."""
        count = len(self.entries())
        for path in self._folders():
            shutil.rmtree(path, ignore_errors=True)
        return count

    def _entry(self, folder: Path) -> Entry:
        about: dict[str, str] = {}
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            found = json.loads((folder / _DESCRIPTION).read_bytes())["about"]
            about = {str(name): str(value) for name, value in found.items()}
        sizes, used = 0, 0.0
        with suppress(OSError):
            sizes = sum(path.stat().st_size for path in folder.iterdir())
            used = (folder / _DESCRIPTION).stat().st_mtime
        return Entry(folder, about, sizes, used)

    def _bound(self) -> None:
        """Remove what was used longest ago, as long as all is too much."""
        left = MOST_BYTES
        for entry in self.entries():
            left -= entry.size
            if left < 0:
                self.remove(entry.folder.name)

    def _sweep(self) -> None:
        """Remove what killed calls have left unfinished."""
        for path in self._folders():
            with suppress(OSError):
                if path.name.startswith(".") and time.time() - path.stat().st_mtime > _OLD_S:
                    shutil.rmtree(path, ignore_errors=True)

    def _folders(self) -> list[Path]:
        return [path for path in self.folder.iterdir() if path.is_dir()] if _is_folder(self.folder) else []


def _is_folder(path: Path) -> bool:
    """Whether it is a folder that can be looked at: nobody's set-up ends at a cache that cannot be."""
    try:
        return path.is_dir() and os.access(path, os.R_OK | os.X_OK)
    except OSError:
        return False
