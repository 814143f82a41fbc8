"""Log files, shown as ``tail`` shows them."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, Final

from edge_tasks.plan import some

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_PAUSE_S: Final = 0.3
_WORD: Final = re.compile(r"[\w-]+")


def show(
    files: Mapping[str, Path],
    words: Sequence[str],
    say: Callable[[str], None],
    *,
    last: int = 100,
    follow: bool = False,
) -> None:
    """Print the last lines of each file that have one of the words (all, without words); then what is added.

    Args:
        files: by the name that stands before each of its lines.
        words: e.g. names of edges, as they stand in ``edge1: connected``.
        say: is told if there is no line to be printed.
        last: how many lines of each file.
        follow: go on until interrupted.
    """
    places: dict[str, int] = {}
    shown = 0
    for name, file in files.items():
        data = file.read_bytes() if file.exists() else b""
        places[name] = len(data)
        found = list(with_words(data.decode(errors="replace").splitlines(), words))
        shown += len(found)
        _print(name, found[-last:])
    if not shown:
        say(f"no line{f' of {some(tuple(words))}' if words else ''} in the log of {' or '.join(files)}")
    while follow:
        time.sleep(_PAUSE_S)
        for name, place in places.items():
            file = files[name]
            if file.exists() and file.stat().st_size > place:
                with file.open("rb") as opened:
                    opened.seek(place)
                    data = opened.read()
                whole = data[: data.rfind(b"\n") + 1]
                places[name] = place + len(whole)
                _print(name, with_words(whole.decode(errors="replace").splitlines(), words))


def with_words(lines: Iterable[str], words: Collection[str]) -> Iterator[str]:
    """The lines that have one of the words; all of them, without words."""
    wanted = set(words)
    return (line for line in lines if not wanted or not wanted.isdisjoint(_WORD.findall(line)))


def _print(name: str, lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{name} | {line}\n")
    sys.stdout.flush()
