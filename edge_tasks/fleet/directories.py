"""The edges' config directories as they are on the disk, beside the platform's template.

Each that we made holds a stamp, the digest of what it was made of. Felix reads only ``*.config``.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import directories, read_tree, remove_directory, replace_directory, writing
from edge_tasks.fleet.identity import index_of_directory, is_unfinished_directory
from edge_tasks.openems import felix

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edge_tasks.fleet.identity import Edge

STAMP: Final = ".edge-tasks"
IGNORED: Final = ".gitignore"
"""Keeps a directory out of git; it is written last."""
_IGNORED_BY_GIT: Final = "# edge-tasks: generated, holds an apikey\n*\n"


@dataclass(frozen=True)
class Written:
    """A config directory as it is on the disk.

    Attributes:
        digest: of what it was made of; empty when it is not there.
        at: when it was written, seconds since 1970.
    """

    digest: str
    at: float

    def __str__(self) -> str:
        """Distinguishes one writing from the next, even if the inputs are the same (``gen-configs --force``)."""
        return f"{self.digest}-{self.at}"


@dataclass(frozen=True)
class Directories:
    """All config directories of a platform.

    Attributes:
        folder: where they lie.
    """

    folder: Path

    def of(self, edge: Edge) -> Path:
        """The directory of an edge."""
        return self.folder / edge.directory

    def stamps(self) -> dict[str, str | None]:
        """Name → digest of each that is there; None where we did not make it."""
        return {
            name: _stamp_of(self.folder / name) for name in self._names() if index_of_directory(name) is not None
        }

    def ours(self) -> tuple[str, ...]:
        """The names of those that we made, also for an earlier fleet."""
        return tuple(name for name, stamp in self.stamps().items() if stamp)

    def unfinished(self) -> tuple[str, ...]:
        """The names of what an interrupted run left beside them."""
        return tuple(name for name in self._names() if is_unfinished_directory(name))

    def written(self, edges: Iterable[Edge]) -> dict[str, Written]:
        """The directories of these edges, by the edge's name."""
        return {edge.name: self._written(edge) for edge in edges}

    def is_untouched(self, edge: Edge, places: Iterable[PurePosixPath]) -> bool:
        """Whether these files and folders of an edge's directory are as old as it is: nobody changed them.

        False says nothing: edges themselves rewrite some of their files.
        """
        directory = str(self.of(edge))
        try:
            written = os.stat(f"{directory}/{IGNORED}").st_mtime_ns  # noqa: PTH116 - of each edge: half the time
            return all(os.stat(f"{directory}/{place}").st_mtime_ns <= written for place in places)  # noqa: PTH116 - as above
        except OSError:
            return False

    def texts(self, edge: Edge) -> dict[PurePosixPath, str]:
        """The ``.config`` files of an edge's directory, by path below it.

        Raises:
            SettingsError: one cannot be read.
        """
        return read_tree(self.of(edge), ".config")

    def missing(self, edge: Edge, paths: Iterable[PurePosixPath]) -> tuple[PurePosixPath, ...]:
        """At which of these paths an edge's directory has no file."""
        directory = self.of(edge)
        return tuple(path for path in paths if not (directory / path).is_file())

    def login(self, edge: Edge, path: PurePosixPath) -> tuple[str | None, str | None]:
        """The apikey and the backend's uri in a file of an edge's directory; None if it cannot be read."""
        try:
            found = felix.parse((self.of(edge) / path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None, None
        return found.string("apikey"), found.string("uri")

    def write(self, edge: Edge, files: Mapping[PurePosixPath, str], digest: str) -> None:
        """Put these files, made of what ``digest`` says, in the place of an edge's directory.

        Raises:
            NotWritable: the old directory is still there, whole.
        """
        stamped = {PurePosixPath(STAMP): f"{digest}\n", PurePosixPath(IGNORED): _IGNORED_BY_GIT}
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        replace_directory(self.of(edge), {**files, **stamped})

    def touch(self, edge: Edge) -> bool:
        """Mark an edge's directory as written now, so that its edge starts again; False when there is none."""
        stamp = self.of(edge) / STAMP
        if not stamp.exists():
            return False
        with writing(stamp):
            os.utime(stamp)
        return True

    def remove(self, name: str) -> None:
        """Remove one of them.

        Raises:
            NotWritable: it is still there.
        """
        remove_directory(self.folder / name)

    def remove_folder(self) -> None:
        """Remove the folder that they lay in, unless there is something else in it."""
        with suppress(OSError):
            self.folder.rmdir()

    def remove_halves(self) -> None:
        """Remove what an interrupted run left beside them."""
        for name in self.unfinished():
            remove_directory(self.folder / name)

    def _names(self) -> tuple[str, ...]:
        return directories(self.folder) if self.folder.is_dir() else ()

    def _written(self, edge: Edge) -> Written:
        stamp = self.of(edge) / STAMP
        return (
            Written(_stamp_of(self.of(edge)) or "", stamp.stat().st_mtime) if stamp.exists() else Written("", 0)
        )


def _stamp_of(directory: Path) -> str | None:
    try:
        return (directory / STAMP).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
