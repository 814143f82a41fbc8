"""What a terminal shows beyond lines: bars that move, and tables. By rich, which honours ``NO_COLOR``."""

from __future__ import annotations

import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from edge_tasks import output

_STYLES: Final = {
    "online": "green",
    "offline": "bold red",
    "silent": "yellow",
    "incomplete": "yellow",
    "unknown": "dim",
}
_BAR: Final = 24
_A_SECOND: Final = 5
"""Redraws per second; at this rate a bar costs nothing that we could measure."""


class Terminal:
    """A terminal of 80 columns or more.

    Args:
        as_errors: it is standard error that people read.
    """

    def __init__(self, *, as_errors: bool) -> None:
        self._console = Console(stderr=as_errors, highlight=False)
        self._bars: list[Progress] = []

    def line(self, text: str, indent: int) -> str:
        """A line broken between words; a word that is too long (a path) stays whole."""
        return textwrap.fill(
            text,
            self._console.width,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]], figures: Sequence[bool]) -> None:
        """Columns of figures to the right, states in their colour."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        for title, right in zip(titles, figures, strict=True):
            table.add_column(title, justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell, _STYLES.get(cell, "")) for cell in row))
        self._console.print(table)

    @contextmanager
    def progress(self, title: str, total: int, noun: str) -> Iterator[output.Progress]:
        """A bar with counts and the remaining time."""
        of = TextColumn("{task.completed:,} of {task.total:,} " + noun, markup=False)
        with self._live(BarColumn(_BAR), of, TimeRemainingColumn(compact=True)) as bar:
            task = bar.add_task(title, total=total)
            yield lambda done, known=None: bar.update(task, completed=done, total=known)

    @contextmanager
    def download(self, title: str) -> Iterator[output.Progress]:
        """A bar of bytes."""
        with self._live(BarColumn(_BAR), DownloadColumn(), TimeRemainingColumn(compact=True)) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, known=None: bar.update(task, completed=done, total=known)

    @contextmanager
    def listening(self, title: str, counting: output.Counting) -> Iterator[Callable[[str], None]]:
        """A program's last line, how long it has been running, and a bar once its lines count something."""
        said = TextColumn(
            "{task.fields[said]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)
        )
        with self._live(BarColumn(_BAR // 2), TimeElapsedColumn(), said, expand=True) as bar:
            task = bar.add_task(title, total=None, said="")

            def show(line: str) -> None:
                done, total = counting(line) or (None, None)
                bar.update(task, completed=done, total=total, said=line.strip())

            yield show

    @contextmanager
    def _live(self, *columns: ProgressColumn, expand: bool = False) -> Iterator[Progress]:
        """A bar below what is printed meanwhile; one that is there already waits until this one is done."""
        name = TextColumn("  {task.description:<12}", markup=False, table_column=Column(no_wrap=True))
        outer = self._bars[-1:]
        for bar in outer:
            bar.stop()
        with Progress(
            name, *columns, console=self._console, transient=True, refresh_per_second=_A_SECOND, expand=expand
        ) as bar:
            self._bars.append(bar)
            try:
                yield bar
            finally:
                self._bars.remove(bar)
        for bar in outer:
            bar.start()
