"""Writing the files of a light host."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PRIVATE: Final = 0o600


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Replace a file in one step, readable for its owner only.

    Raises:
        OSError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE), "wb") as file:
        file.write(orjson.dumps(document))
    draft.replace(path)
