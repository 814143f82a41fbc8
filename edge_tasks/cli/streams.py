"""The three standard streams, made usable: also where a shell has closed one, or it has no ✓."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from edge_tasks.cli.plain_text import write_plainly

_LAST: Final = 2


def prepare_streams(*, as_json: bool) -> None:
    """Open what is closed, and never fail for a character that cannot be shown.

    With ``2>&-`` people read on standard output what went wrong; with ``as_json`` the document says it.
    """
    _fill_gaps()
    null = Path(os.devnull)
    if sys.stdin is None:
        sys.stdin = null.open(encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = null.open("w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = null.open("w", encoding="utf-8") if as_json else sys.stdout
    write_plainly()


def _fill_gaps() -> None:
    """Let no file that is opened later get the number of a stream: programs that we start would write into it."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _LAST:
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - os's signature
    os.close(descriptor)
