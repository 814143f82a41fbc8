"""Plain characters for a stream whose encoding has no ✓ or →, such as ASCII or Latin-1."""

from __future__ import annotations

import codecs
import io
import sys
from typing import Final

_NAME: Final = "edge_tasks.plain"
_PLAIN: Final = {
    "✓": "+",
    "→": "->",
    "…": "...",
    "•": "*",
    "–": "-",  # noqa: RUF001 - it is this one
    "Σ": "sum",
    "━": "-",
    "╸": "-",
    "╺": "-",
    "─": "-",
}


def write_plainly() -> None:
    """Let standard output and standard error replace what they cannot encode, so that no print fails."""
    codecs.register_error(_NAME, replaced)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)


def replaced(error: UnicodeError) -> tuple[str, int]:
    """A handler of encoding errors: plain characters; a letter that has no plain form is escaped.

    Raises:
        UnicodeError: it is no error of encoding.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    plain = "".join(_PLAIN.get(character, character) for character in text)
    return plain.encode("ascii", "backslashreplace").decode("ascii"), error.end
