"""Files and directories, written so that an interruption leaves the old or the new ones, never a mixture."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import NotWritable, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PRIVATE: Final = 0o600
"""What we write may hold apikeys and passwords."""

_OF_MACOS: Final = "._"
_LONGEST_LINK: Final = 255
_CHUNK: Final = 256 * 1024
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


def write_file(path: Path, text: str, mode: int = PRIVATE, owner: tuple[int, int] | None = None) -> None:
    """Replace a file's contents at once; it is flushed to the disk before the old one goes.

    Args:
        path: of the file.
        text: what it is to hold; surrogates are the bytes that were no UTF-8.
        mode: of the new file.
        owner: its user and group; None for the caller's.

    Raises:
        NotWritable: the old file is still there.
    """
    new = path.with_name(f".{path.name}.new")
    with writing(path):
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                if owner is not None:
                    os.fchown(file.fileno(), *owner)
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


def in_utf8(path: PurePath) -> str:
    """A path as our files have it, and as a program that runs in UTF-8 reads it, whatever the locale is here.

    Raises:
        UnicodeDecodeError: its bytes are no UTF-8.
    """
    return os.fsencode(path).decode("utf-8")


def text_of(path: Path) -> str | None:
    """A file's text; None when it is not there."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else None


def read_utf8(path: Path) -> str:
    """The text of a user's file, line ends untouched.

    Raises:
        SettingsError: it cannot be read, or is not UTF-8; with the line.
    """
    with _reading(path):
        content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            f"{path}:{line}: not UTF-8 ({error.reason})", hint="save it as UTF-8, or remove it"
        ) from None


def read_tree(folder: Path, suffix: str) -> dict[PurePosixPath, str]:
    """All files of a suffix below a folder and below links in it, by relative path, without those of macOS.

    Raises:
        SettingsError: a part of it cannot be read, or is not UTF-8.
    """
    found = {}
    for path in sorted(_files(folder)):
        if path.name.startswith(_OF_MACOS):
            continue
        if path.name.endswith(suffix):
            found[PurePosixPath(path.relative_to(folder))] = read_utf8(path)
        else:
            _refuse_lost_link(path)
    return found


def files_of_macos(folder: Path) -> tuple[PurePosixPath, ...]:
    """The ``._*`` files below a folder: macOS keeps in them what another file system has no place for."""
    found = (path for path in sorted(_files(folder)) if path.name.startswith(_OF_MACOS))
    return tuple(PurePosixPath(path.relative_to(folder)) for path in found)


def _refuse_lost_link(path: Path) -> None:
    """Refuse what Git writes in place of a link to a folder where it may write no links (``core.symlinks``)."""
    with _reading(path):
        text = os.fsdecode(path.read_bytes()) if path.stat().st_size <= _LONGEST_LINK else ""
        if text and "\n" not in text and (path.parent / text).is_dir():
            raise SettingsError(
                f"{path} was a link to {text}, and is a file now",
                hint=f"ln -sf {text} {path}; in a clone, git config core.symlinks true comes first",
            )


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsError(
            f"cannot read {error.filename or path}: {error.strerror or error}",
            hint="give yourself the right to read it, or remove it",
        ) from None


def _files(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """All files below a folder; a link that leads back to a folder above it is not followed."""
    with _reading(folder):
        real = folder.resolve()
        entries = () if real in above else tuple(folder.iterdir())
        for path in entries:
            if path.is_dir():
                yield from _files(path, (*above, real))
            elif path.is_file():
                yield path
            elif path.is_symlink():
                raise SettingsError(f"{path} is a link that leads nowhere", hint="correct it, or remove it")


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


def digest_of(path: Path) -> str:
    """A file's SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
