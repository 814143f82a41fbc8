"""What distinguishes one snapshot of Odoo from another: all that the initialised database follows from."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_FORMAT: Final = 2
"""Of what we keep; snapshots of another format have other keys, and age."""
_PASSED_OVER: Final = frozenset({".git", "__pycache__"})


def key_of(made_of: Mapping[str, str]) -> str:
    """The key of a snapshot that is made of this."""
    return hashlib.sha256(json.dumps([_FORMAT, sorted(made_of.items())]).encode()).hexdigest()[:32]


def digest_of(mounted: Iterable[tuple[str, Path]], data: Collection[str]) -> str:
    """A digest of files and folders, each with the place where it is mounted.

    A link that leads to no file counts by where it leads: the container sees there what is mounted, or nothing.

    Args:
        mounted: places and what is mounted there.
        data: folders that are left out, because they hold what was made of the rest.

    Raises:
        OSError: one cannot be read.
    """
    digest = hashlib.sha256()
    for place, root in sorted(mounted):
        digest.update(f"{place}\0".encode())
        for path in _files(root, data):
            digest.update(f"{os.path.relpath(path, root)}\0".encode("utf-8", "surrogateescape"))
            digest.update(hashlib.sha256(_content(path)).digest())
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else os.fsencode(path.readlink())


def _files(root: Path, data: Collection[str]) -> Iterator[Path]:
    """The files and links below a folder, in a fixed order; a file is its own."""
    if root.is_file():
        yield root
        return
    for folder, below, names in os.walk(root, onerror=_refuse):
        place = Path(folder)
        below[:] = sorted(
            name for name in below if name not in _PASSED_OVER and os.fspath(place / name) not in data
        )
        for name in sorted((*names, *below)):
            path = place / name
            if path.suffix != ".pyc" and (path.is_symlink() or path.is_file()):
                yield path


def _refuse(error: OSError) -> None:
    raise error
