"""Files that people name to be written: one that is there already is replaced only if it is of the same kind."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_MARK_WITHIN: Final = 1000
"""Bytes. A mark stands in the head of a page."""


@dataclass(frozen=True)
class FileKind:
    """What a task writes into a file that people name.

    Attributes:
        what: for people, for example ``report of inv report``.
        word: what another name may end with.
        signs: ending → whether a file with this ending is of this kind.
        more: what else to type, if people want another ending.
    """

    what: str
    word: str
    signs: Mapping[str, Callable[[Path], bool]]
    more: str = ""

    def check(self, path: Path, typed: Path | None = None) -> None:
        """Refuse a file that must not be written.

        Args:
            path: of the file.
            typed: what was typed after ``--output``, if that is another file beside it.

        Raises:
            SettingsError: it has another ending, or it is there and is of another kind.
        """
        self.check_ending(path, "--output")
        if not self._may_replace(path):
            named = typed or path
            raise SettingsError(
                f"--output would replace {path}, which is no {self.what}",
                hint=f"another name: --output {named.stem}-{self.word}{named.suffix}, or move that file away",
            )

    def check_ending(self, path: Path, option: str) -> None:
        """Refuse another ending than those of this kind.

        Raises:
            SettingsError: it has another.
        """
        if path.suffix.lower() not in self.signs:
            forms = " or ".join(f"FILE{ending}" for ending in self.signs)
            raise SettingsError(f"{option} is {str(path)!r}", hint=forms + self.more)

    def _may_replace(self, path: Path) -> bool:
        """Whether nothing of somebody else is lost."""
        if not path.exists():
            return True
        try:
            return path.is_file() and (path.stat().st_size == 0 or self.signs[path.suffix.lower()](path))
        except (OSError, ValueError, RecursionError, csv.Error):  # it cannot be read as such a file
            return False


def has_mark(mark: bytes) -> Callable[[Path], bool]:
    """Whether a file has this mark in its first bytes."""

    def has(path: Path) -> bool:
        with path.open("rb") as file:
            return mark in file.read(_MARK_WITHIN)

    return has


def has_titles(*titles: tuple[str, ...]) -> Callable[[Path], bool]:
    """Whether the first line of a CSV file has one of these rows of titles."""

    def has(path: Path) -> bool:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return tuple(next(csv.reader(file), ())) in titles

    return has
