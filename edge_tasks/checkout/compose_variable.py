"""``COMPOSE_FILE``: the variable that tells Compose which files to read, in the shell or in ``.env``."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLE: Final = "COMPOSE_FILE"
_SEPARATOR: Final = "COMPOSE_PATH_SEPARATOR"
_LINE: Final = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|([^\s#]*))", re.MULTILINE)


def named_files(platform: Path, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The files that the variable names, below a platform; none without it.

    The one of the shell counts if all of its files are there: it may be meant for another project.

    Args:
        platform: its folder.
        environ: the shell's variables.
    """
    written = _of_file(text_of(platform / ".env") or "")
    of_shell = _paths(platform, environ)
    return of_shell if of_shell and all(path.is_file() for path in of_shell) else _paths(platform, written)


def _paths(platform: Path, variables: Mapping[str, str]) -> tuple[Path, ...]:
    text = variables.get(VARIABLE, "")
    return tuple(platform / name for name in text.split(variables.get(_SEPARATOR) or os.pathsep) if name)


def _of_file(text: str) -> dict[str, str]:
    return {match[1]: match[2] or match[3] or match[4] or "" for match in _LINE.finditer(text)}
