"""A ``metadata.json`` on this machine that its owner, or root, may replace."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import PRIVATE, write_file, writing
from edge_tasks.errors import FileRefused

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class LocalFile:
    """The file, or the one that a link leads to.

    Attributes:
        path: of it.
        mode: of a new one.
    """

    path: Path
    mode: int = PRIVATE

    def __str__(self) -> str:
        """Its path."""
        return str(self.path)

    @property
    def may_be_replaced(self) -> bool:
        """Whether the caller may read it, write beside it, and leave it to its owner and group."""
        path = self.path.resolve()
        try:
            found = path.stat()
        except FileNotFoundError:
            nearest = next(folder for folder in path.parents if folder.exists())
            return os.access(nearest, os.W_OK)
        except OSError:
            return False
        is_own = found.st_uid == os.geteuid() and found.st_gid in (os.getegid(), *os.getgroups())
        return os.geteuid() == 0 or (is_own and os.access(path.parent, os.W_OK))

    def read(self) -> str | None:
        """Its text; None if it is not there.

        Raises:
            FileRefused: it cannot be read.
        """
        try:
            return self.path.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None
        except OSError as error:
            hint = "remove it" if self.path.is_dir() else "give yourself the right to read it"
            raise FileRefused(f"cannot read {self}: {error.strerror}", hint=hint) from None

    def write(self, text: str) -> None:
        """Replace it at once, with the mode and the owner that it has; its folder is made if it is missing.

        Raises:
            NotWritable: what was there before is complete.
        """
        path = self.path.resolve()
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            found = path.stat() if path.exists() else None
        if found is None:
            write_file(path, text, self.mode)
        else:
            write_file(path, text, stat.S_IMODE(found.st_mode), (found.st_uid, found.st_gid))

    def remove(self) -> None:
        """Remove it; a link to it stays.

        Raises:
            NotWritable: it is still there.
        """
        path = self.path.resolve()
        with writing(path):
            path.unlink(missing_ok=True)
