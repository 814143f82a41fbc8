"""The two files of a report: a page for people, and beside it a document for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_MARK: Final = b'<meta name="generator" content="edge-tasks attach">'
_MARK_WITHIN: Final = 1000
_MEMBERS: Final = frozenset({"backend", "began", "availability", "edges"})


@dataclass(frozen=True)
class AttachReportFiles:
    """Where a report is written.

    Attributes:
        page: the HTML file.
    """

    page: Path

    @property
    def document(self) -> Path:
        """The JSON file."""
        return self.page.with_suffix(".json")

    @property
    def foreign(self) -> Path | None:
        """One that exists and is no report of ours, so that it must not be replaced; None without."""
        if self.page.exists() and not _is_page(self.page):
            return self.page
        return self.document if self.document.exists() and not _is_document(self.document) else None


def _is_page(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _MARK in file.read(_MARK_WITHIN)
    except OSError:
        return False


def _is_document(path: Path) -> bool:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.keys() >= _MEMBERS
