"""The two files of a report: a page for people, and beside it a document for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.named_file import FileKind, has_mark

if TYPE_CHECKING:
    from pathlib import Path

_MEMBERS: Final = frozenset({"backend", "began", "availability", "edges"})


def _is_document(path: Path) -> bool:
    found = json.loads(path.read_bytes())
    return isinstance(found, dict) and found.keys() >= _MEMBERS


_WHAT: Final = "report of inv attach"
_PAGE: Final = FileKind(
    _WHAT,
    "report",
    {".html": has_mark(b'<meta name="generator" content="edge-tasks attach">')},
    "; FILE.json is written beside it",
)
_DOCUMENT: Final = FileKind(_WHAT, "report", {".json": _is_document})


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

    def check(self) -> None:
        """Refuse names by which a file of somebody else would be replaced.

        Raises:
            SettingsError: one is there and is no report of ours, or the page has another ending.
        """
        _PAGE.check(self.page)
        _DOCUMENT.check(self.document, typed=self.page)
