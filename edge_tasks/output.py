"""What a step can show while it works. The console implements this; steps do not know the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

Counting: TypeAlias = "Callable[[str], tuple[int, int] | None]"
"""A line that a program printed → (done, total), when the line counts something."""

INDENT = 15
"""How many columns the text of a step's line is indented when it wraps."""


class Progress(Protocol):
    """Receives how far a step has come."""

    def __call__(self, done: int, total: int | None = None, /) -> None:
        """Report how many are done, and the total if it was not known before."""


class Output(Protocol):
    """Where lines, tables, progress and the members of the JSON document go."""

    @property
    def quiet(self) -> bool:
        """Only what is wrong is printed."""

    @property
    def is_screen(self) -> bool:
        """People read it on a terminal, where only so much is seen at once; false for a file or a pipe."""

    @property
    def is_read_by_program(self) -> bool:
        """The JSON document is going to be printed."""

    def line(self, text: str, indent: int = 2) -> None:
        """Print a line, unless ``quiet``."""

    def fault(self, text: str, indent: int = 2) -> None:
        """Print a line about what is wrong, even with ``quiet``."""

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table."""

    def step(self, name: str, did: str, seconds: float, *, changed: bool, is_shown: bool = True) -> None:
        """Print that a step has ended well; only into the document, unless ``is_shown``."""

    def progress(self, title: str, total: int, noun: str) -> AbstractContextManager[Progress]:
        """Show how many of ``total`` are done."""

    def download(self, title: str) -> AbstractContextManager[Progress]:
        """Show how many bytes have come."""

    def listening(self, title: str, counting: Counting = ...) -> AbstractContextManager[None]:
        """Show what programs print while they work."""

    def redraw(self) -> None:
        """Begin again at the top of a terminal."""

    def document(self, **found: object) -> None:
        """Add members to the JSON document."""
