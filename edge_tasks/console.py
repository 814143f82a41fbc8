"""The only place that prints: a line a step, tables, and what to type next."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True)
class Console:
    """Prints to standard output.

    Attributes:
        as_json: nothing but one document goes there, and what people read to standard error.
        quiet: people are told only what is wrong.
    """

    as_json: bool = False
    quiet: bool = False

    @property
    def _stream(self) -> TextIO:
        return sys.stderr if self.as_json else sys.stdout

    def line(self, text: str) -> None:
        """One line, at once."""
        if not self.quiet:
            self.fault(text)

    def fault(self, text: str) -> None:
        """One line about what is wrong, also with ``quiet``."""
        print(text, file=self._stream, flush=True)

    def step(self, name: str, did: str, seconds: float, *, changed: bool) -> None:
        """A step has ended well."""
        self.line(f"{'✓' if changed else '='} {name:<12} {did}  ({seconds:.1f} s)")

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int | None], None]]:
        """A bar of bytes on a terminal, a line elsewhere; what is yielded is told (done, all or None)."""
        if not self._stream.isatty():
            self.line(f"  {title}")
            yield lambda _done, _total: None
            return
        from rich.console import Console as Rich  # noqa: PLC0415 - 50 ms that only a terminal needs
        from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn  # noqa: PLC0415 - as above

        columns = ("  {task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Rich(file=self._stream), transient=True) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table; with colour and lines on a terminal, plain columns elsewhere."""
        if self.quiet:
            return
        if not self._stream.isatty():
            widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
            for row in (titles, *rows):
                self.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
            return
        from rich.console import Console as Rich  # noqa: PLC0415 - 50 ms that only a terminal needs
        from rich.table import Table  # noqa: PLC0415 - as above

        table = Table(*titles)
        for row in rows:
            table.add_row(*row)
        Rich(file=self._stream).print(table, markup=False)

    def redraw(self) -> None:
        """Begin anew at the top of a terminal; elsewhere leave a line free."""
        clear = self._stream.isatty() and not self.quiet
        print("\x1b[H\x1b[2J" if clear else "", file=self._stream, end="" if clear else "\n")

    def document(self, found: dict[str, Any]) -> None:
        """The JSON document, when one was asked for."""
        if self.as_json:
            print(json.dumps(found, indent=2))
