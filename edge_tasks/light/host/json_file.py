"""Writing the files of a light host."""

from __future__ import annotations

import contextlib
import os
from typing import IO, TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_PRIVATE: Final = 0o600


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Replace a file in one step, readable for its owner only.

    Raises:
        OSError: it cannot be written.
    """
    replace_file(path, orjson.dumps(document))


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file likewise by what another process has written.

    Raises:
        OSError: it cannot be written.
    """
    draft = _draft(path)
    with _opened(draft) as file:
        file.write(content)
    draft.replace(path)


def write_members(path: Path, members: Iterable[tuple[str, object]]) -> Iterator[None]:
    """Replace a file member by member: no more than one is in memory, and after each others may do something.

    Raises:
        OSError: it cannot be written.
    """
    draft, before = _draft(path), b"{"
    with _opened(draft) as file:
        for name, value in members:
            file.write(before + orjson.dumps(name) + b":" + orjson.dumps(value))
            before = b","
            yield
        file.write(b"}" if before == b"," else b"{}")
    draft.replace(path)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")


def _opened(draft: Path) -> IO[bytes]:
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    return os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE), "wb")
