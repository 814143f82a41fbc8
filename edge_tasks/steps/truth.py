"""``inv truth``: what light edges have used and made, and what the backend answers about it. Nothing need run."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import write_file
from edge_tasks.adapters.named_file import FileKind, has_titles
from edge_tasks.history.truth.account import Entry
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from edge_tasks.history.truth.account import Account
    from edge_tasks.output import Output
    from edge_tasks.steps.accounts import Accounts

_MOST_ROWS: Final = 24
_TITLES: Final = Entry._fields
_CSV, _JSON = ".csv", ".json"
_LONGEST: Final = 10_000
"""Characters of a line with one energy; there are far fewer."""


def _is_json(path: Path) -> bool:
    """Whether a file has energies as :func:`_json` writes them; such a file may be too large to be read."""
    with path.open(encoding="utf-8") as file:
        first, second = file.readline(_LONGEST), file.readline(_LONGEST).strip().removesuffix(",")
    found = json.loads(second or "null")
    return first == "[\n" and (found is None or (isinstance(found, dict) and tuple(found) == _TITLES))


_FILE: Final = FileKind("list of inv truth", "truth", {_CSV: has_titles(_TITLES), _JSON: _is_json})


@dataclass(frozen=True)
class Truth:
    """Lists it.

    Attributes:
        accounts: of the edges.
        path: the file to be written; None for none.
        is_asked_for_json: all of it is in the document.
    """

    accounts: Accounts
    path: Path | None
    output: Output
    is_asked_for_json: bool = False

    def run(self) -> None:
        """Show the table or write the file, and fill the document.

        Raises:
            SettingsError: the file has another ending, or is somebody else's.
            NotWritable: it cannot be written.
        """
        if self.path:
            _FILE.check(self.path)
        found = self.accounts.read()
        if self.is_asked_for_json:
            self.output.document(truth=[entry._asdict() for entry in self._entries(found)])
        if not self.path:
            self._show(found)
        for remark in self.accounts.remarks(found):
            self.output.line(f"! {remark}")
        if self.path:
            text = _csv if self.path.suffix.lower() == _CSV else _json
            write_file(self.path, text(self._entries(found)))
            self.output.line(f"{counted(sum(map(len, found)), 'energy', 'energies')}: {self.path}")

    def _show(self, found: Sequence[Account]) -> None:
        count = sum(map(len, found))
        rows = [[_shown(one) for one in entry] for entry in islice(self._entries(found), min(count, _MOST_ROWS))]
        if rows:
            self.output.table(_TITLES, rows)
        if rest := count - len(rows):
            self.output.line(f"and {rest} more: all with --output FILE{_CSV} or --json, or some with --edge")
        edges = sum(len(one.edges) for one in found)
        self.output.line(f"{counted(count, 'energy', 'energies')} of {counted(edges, 'edge')}")

    def _entries(self, found: Sequence[Account]) -> Iterator[Entry]:
        return (entry for account, place in self.accounts.by_edge(found) for entry in account.entries_of(place))


def _shown(value: str | int | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else value


def _csv(found: Iterable[Entry]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_TITLES)
    rows.writerows(found)
    return text.getvalue()


def _json(found: Iterable[Entry]) -> str:
    return "[\n" + ",\n".join(json.dumps(entry._asdict()) for entry in found) + "\n]\n"
