"""Files and directories, written so that an interruption leaves the old or the new ones, never a mixture."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import NotWritable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PRIVATE: Final = 0o600
"""What we write may hold apikeys and passwords."""

_TRIES: Final = 20
"""How often we try to remove a directory while a program writes into it. One more attempt was always enough."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError into :class:`NotWritable`, naming the path and the system's reason."""
    try:
        yield
    except OSError as error:
        where = Path(error.filename or path)
        raise NotWritable(
            f"cannot write {where}: {error.strerror or error}", hint=_remedy(error, where)
        ) from error


def _remedy(error: OSError, where: Path) -> str:
    """What people can do so that the file can be written; what was there before is complete in any case."""
    if error.errno == errno.ENOENT:
        return f"mkdir -p {where.parent}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "what was there before is unchanged; free some disk space, then run it again"
    return "what was there before is unchanged; give yourself write permission, then run it again"


def write_file(path: Path, text: str, mode: int = PRIVATE) -> None:
    """Replace a file's contents at once; it is flushed to the disk before the old one goes.

    Raises:
        NotWritable: the old file is still there.
    """
    new = path.with_name(f".{path.name}.new")
    with writing(path):
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                os.fchmod(file.fileno(), mode)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError:
            with suppress(OSError):
                new.unlink()
            raise


def replace_directory(path: Path, files: Mapping[PurePosixPath, str]) -> None:
    """Put a directory with these files (mode 0600, itself 0700) in the place of ``path``.

    It is written beside and renamed, so that a directory of this name is always whole.

    Raises:
        NotWritable: the disk is full, the place is read-only, or ``path`` is a symlink or a file.
    """
    new, old = path.with_name(f".{path.name}.new"), path.with_name(f".{path.name}.old")
    with writing(path):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise NotADirectoryError(20, "there is a symlink or a file where a directory should be", str(path))
        _remove(new)
        _remove(old)
        try:
            _write_tree(new, files)
        except OSError:
            _remove(new)
            raise
        if path.exists():
            path.rename(old)
        new.rename(path)
        _remove(old)


def remove_directory(path: Path) -> None:
    """Remove a directory: first rename it, then delete its contents, so that nobody sees a part of it.

    Raises:
        NotWritable: it is still there.
    """
    old = path.with_name(f".{path.name}.old")
    with writing(path):
        _remove(old)
        path.rename(old)
        _remove(old)


def text_of(path: Path) -> str | None:
    """A file's text; None when it is not there."""
    return path.read_text() if path.exists() else None


def read_tree(folder: Path, suffix: str) -> dict[PurePosixPath, str]:
    """All files of a suffix below a folder, by relative path, bytes kept (UTF-8, line ends untouched)."""
    return {
        PurePosixPath(path.relative_to(folder)): path.read_bytes().decode()
        for path in sorted(folder.rglob(f"*{suffix}"))
        if path.is_file()
    }


def _write_tree(folder: Path, files: Mapping[PurePosixPath, str]) -> None:
    folder.mkdir(mode=0o700)
    made = {folder}
    root = str(folder)
    for path, text in files.items():
        parent = folder / path.parent
        if parent not in made:
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made.add(parent)
        descriptor = os.open(f"{root}/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            data = text.encode()
            while data:
                data = data[os.write(descriptor, data) :]
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    """Try again while an edge that is still running writes into it."""
    if path.is_symlink():
        raise NotADirectoryError(20, "there is a symlink where a directory should be", str(path))
    tries = 0
    while path.exists():
        tries += 1
        shutil.rmtree(path, ignore_errors=tries < _TRIES)


def directories(folder: Path) -> tuple[str, ...]:
    """The names of the directories in a folder."""
    return tuple(entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
