"""The only place that prints: one line for each step, progress, tables, and what to type next."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TextIO

from edge_tasks.cli.pace import Pace
from edge_tasks.cli.timeline import Timeline
from edge_tasks.output import INDENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from edge_tasks.cli.terminal import Terminal
    from edge_tasks.fleet.record import StepDone
    from edge_tasks.output import Counting, Progress

_ASIDE: Final = re.compile(
    r'time="|Error.*: No such container|(?:[0-9a-f]{64}|[0-9a-z]{25}|(?=.*\d)[0-9a-z]{12})$'
)
"""What is not progress: what Compose says about itself, what was to be removed and is not there, and bare IDs."""


@dataclass(frozen=True)
class Console:
    """Prints to standard output.

    Attributes:
        as_json: nothing but one document goes there, and what people read to standard error.
        quiet: people are told only what is wrong.
        echo: all that programs say is printed, too.
        worded: a text → the same with the command that was typed, in place of ``inv``.
    """

    as_json: bool = False
    quiet: bool = False
    echo: bool = False
    worded: Callable[[str], str] = str
    _listeners: list[Callable[[str], None]] = field(default_factory=list, init=False, compare=False)

    _timeline: Timeline = field(default_factory=Timeline, init=False, compare=False)
    _document: dict[str, Any] = field(default_factory=dict, init=False, compare=False)

    def waiting(self, what: str) -> AbstractContextManager[None]:
        """The present step waits for this while the body runs; see :class:`.Timeline`."""
        return self._timeline.waiting(what)

    @property
    def _stream(self) -> TextIO:
        return sys.stderr if self.as_json else sys.stdout

    @cached_property
    def _terminal(self) -> Terminal | None:
        """Whether the output can be redrawn; ``TERM=dumb``, a file or a pipe cannot."""
        if self.quiet or not self._stream.isatty() or os.environ.get("TERM", "") in ("", "dumb"):
            return None
        from edge_tasks.cli.terminal import Terminal  # noqa: PLC0415 - 50 ms that only a terminal needs

        return Terminal(as_errors=self.as_json)

    @property
    def is_screen(self) -> bool:
        """Whether people read it on a terminal."""
        return self._terminal is not None

    @property
    def is_read_by_program(self) -> bool:
        """Whether the document is going to be printed."""
        return self.as_json

    def line(self, text: str, indent: int = 2) -> None:
        """One line, at once; on a terminal that is too narrow for it the rest is indented."""
        if not self.quiet:
            self.fault(text, indent)

    def fault(self, text: str, indent: int = 2) -> None:
        """One line about what is wrong, also with ``quiet``."""
        text = self.worded(text)
        shown = text if self._terminal is None else self._terminal.line(text, indent)
        print(shown, file=self._stream, flush=True)

    @staticmethod
    def error(text: str) -> None:
        """Why the call fails, at once, where errors go."""
        print(text, file=sys.stderr, flush=True)

    def prompt(self, text: str) -> None:
        """The beginning of a line that people end."""
        print(text, end="", file=self._stream, flush=True)

    def page(self, text: str) -> None:
        """A text that has its line breaks already."""
        print(text, file=self._stream, flush=True)

    @property
    def steps(self) -> Sequence[StepDone]:
        """The steps that have ended well."""
        done: list[StepDone] = self._document.get("steps", [])
        return done

    def step(self, name: str, did: str, seconds: float, *, changed: bool, is_shown: bool = True) -> None:
        """Print that a step has succeeded; only into the document, unless ``is_shown``."""
        begin, waits = self._timeline.ended(seconds)
        entry: StepDone = {
            "name": name,
            "changed": changed,
            "did": did,
            "seconds": round(seconds, 3),
            "begin": begin,
            "waits": waits,
        }
        self._document.setdefault("steps", []).append(entry)
        if is_shown:
            self.line(f"{'✓' if changed else '='} {name:<12} {did}  ({seconds:.1f} s)", INDENT)

    @contextmanager
    def progress(self, title: str, total: int, noun: str) -> Iterator[Progress]:
        """How many of ``total`` are done: a bar on a terminal, now and then a line elsewhere."""
        if self._terminal is None:
            yield self._plain(title, total, noun)
            return
        with self._terminal.progress(title, total, noun) as progress:
            yield progress

    @contextmanager
    def download(self, title: str) -> Iterator[Progress]:
        """How many bytes are here: a bar on a terminal, a line elsewhere."""
        if self._terminal is None:
            self.line(f"  {title}")
            yield lambda _done, _total=None, /: None
            return
        with self._terminal.download(title) as progress:
            yield progress

    @contextmanager
    def listening(self, title: str, counting: Counting = lambda _line: None) -> Iterator[None]:
        """While programs work that say how far they are: what they said last, in one line that moves."""
        if self.echo:
            yield
        elif self._terminal is None:
            with self._heard_by(self._plain_listener(title, counting)):
                yield
        else:
            with self._terminal.listening(title, counting) as listener, self._heard_by(listener):
                yield

    def heard(self, text: str) -> None:
        """A program said a line."""
        if self.echo:
            self.line(f"  {text}")
        for listener in () if _ASIDE.match(text) else self._listeners[-1:]:
            listener(text)

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table; with lines on a terminal, plain columns elsewhere."""
        if self._terminal is not None:
            figures = [_are_figures(cells) for cells in zip(*rows, strict=True)]
            self._terminal.table(titles, rows, figures)
            return
        columns = [_aligned(column) for column in zip(titles, *rows, strict=True)]
        self.line("\n".join("  ".join(row).rstrip() for row in zip(*columns, strict=True)))

    def redraw(self) -> None:
        """Start again at the top of a terminal; elsewhere print an empty line."""
        clear = self._terminal is not None
        print("\x1b[H\x1b[2J" if clear else "", file=self._stream, end="" if clear else "\n")

    def document(self, **found: object) -> None:
        """Members of the JSON document, which has more when several tasks were typed."""
        self._document.update(found)

    def finish(self, error: Mapping[str, Any] | None) -> None:
        """Print the document if one was asked for: exactly one, whatever happened."""
        if self.as_json:
            print(self.worded(json.dumps({**self._document, "error": error}, indent=2)), flush=True)

    @contextmanager
    def _heard_by(self, listener: Callable[[str], None]) -> Iterator[None]:
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def _plain(self, title: str, total: int, noun: str) -> Progress:
        pace = Pace(total)

        def progress(done: int, known: int | None = None, /) -> None:
            if due := pace.told(done, known):
                self.line(f"  {title:<12} {due.done} {noun}{due.left}")

        return progress

    def _plain_listener(self, title: str, counting: Counting) -> Callable[[str], None]:
        pace = Pace(None)

        def show(line: str) -> None:
            counted = counting(line)
            if due := pace.told(*counted) if counted else pace.heard():
                self.line(f"  {title:<12} {due.done}: {line.strip()}")

        return show


def _are_figures(cells: Sequence[str]) -> bool:
    """A column of numbers, with nothing or a dash where there is none; it is aligned to the right."""
    bare = (cell.removeprefix("-").replace(",", "").replace(".", "", 1) for cell in cells)
    return any(cells) and all(not digits or digits.isdigit() for digits in bare)


def _aligned(column: Sequence[str]) -> list[str]:
    width = max(map(len, column))
    align = str.rjust if _are_figures(column[1:]) else str.ljust
    return [align(cell, width) for cell in column]
