"""Log files, shown as ``tail`` shows them."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

_PAUSE_S: Final = 0.3


def show(files: Iterable[Path], words: Collection[str], *, last: int = 100, follow: bool = False) -> None:
    """Print the last lines of each file that have one of the words (all, without words); then what is added."""
    places: dict[Path, int] = {}
    for file in files:
        data = file.read_bytes() if file.exists() else b""
        places[file] = len(data)
        _print(file, data.decode(errors="replace").splitlines()[-last:], words)
    while follow:
        time.sleep(_PAUSE_S)
        for file, place in places.items():
            if file.exists() and file.stat().st_size > place:
                with file.open("rb") as opened:
                    opened.seek(place)
                    data = opened.read()
                whole = data[: data.rfind(b"\n") + 1]
                places[file] = place + len(whole)
                _print(file, whole.decode(errors="replace").splitlines(), words)


def _print(file: Path, lines: Iterable[str], words: Collection[str]) -> None:
    for line in lines:
        if not words or any(word in line.split() for word in words):
            sys.stdout.write(f"{file.stem} | {line}\n")
    sys.stdout.flush()
