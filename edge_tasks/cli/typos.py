"""What the command line's parser could not read → what was typed wrong, and what to type. No I/O."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNKNOWN: Final = re.compile(r"No idea what '(.+)' is!")
_WITHOUT_VALUE: Final = re.compile(r"Flag <Argument: ([\w-]+).*> needed value")


def explain(said: str, task: str, options: Sequence[str], tasks: Sequence[str], command: str = "inv") -> str:
    """Message and hint, as those of our own errors look.

    Args:
        said: the parser's words.
        task: the one it was reading; empty before the first.
        options: of that task.
        tasks: all there are.
        command: what was typed before them.
    """
    if found := _WITHOUT_VALUE.search(said):
        option = "--" + found[1].replace("_", "-")
        more = f"{command} --help {task} says what it takes" if task else f"{command} --help"
        return _told(f"{option} needs a value", more)
    found = _UNKNOWN.search(said)
    if found is None:
        return _told(said, f"{command} --list, or {command} --help TASK")
    word = found[1]
    if word.startswith("-"):
        of = f" of {task}" if task else ""
        more = f"{command} --help {task} lists them" if task else f"{command} --help lists those before a task"
        return _told(f"there is no option {word}{of}{_meant(word, options)}", more)
    twice = " (type an option only once, and its value directly after it)" if task else ""
    return _told(f"there is no task {word}{_meant(word, tasks)}{twice}", f"{command} --list")


def _meant(word: str, known: Sequence[str]) -> str:
    alike = get_close_matches(word, known, n=1)
    return f"; did you mean {alike[0]}?" if alike else ""


def _told(message: str, hint: str) -> str:
    return f"error: {message}\n  → {hint}"
