"""When a line about a long step is due where no bar can be drawn, and how long the rest will take. No I/O."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY_S: Final = 5.0
"""A step that ends sooner prints only its own line, because people read logs."""


@dataclass(frozen=True)
class Due:
    """The parts of a line that is due.

    Attributes:
        done: ``417 of 1,000``, or ``25 s`` of a step that counts nothing.
        left: ``, about 7 s left``; empty if it is not known.
    """

    done: str
    left: str = ""


class Pace:
    """The pace of one step.

    Args:
        total: how many there are to do; None if that is not known.
        clock: seconds.
    """

    def __init__(self, total: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        self._began = self._said = clock()
        self._first: int | None = None

    def told(self, done: int, total: int | None = None) -> Due | None:
        """Take note that so many are done; None if no line is due."""
        self._total = total or self._total
        self._first = done if self._first is None else self._first
        if not self._is_due():
            return None
        of = "" if self._total is None else f" of {self._total:,}"
        return Due(f"{done:,}{of}", self._left(done))

    def heard(self) -> Due | None:
        """Take note that the step is still running; None if no line is due."""
        return Due(f"{self._clock() - self._began:.0f} s") if self._is_due() else None

    def _is_due(self) -> bool:
        now = self._clock()
        if now - self._said < EVERY_S:
            return False
        self._said = now
        return True

    def _left(self, done: int) -> str:
        """The remaining time by the pace so far, without what was done before the first report."""
        gained = done - (self._first or 0)
        if self._total is None or gained <= 0 or done >= self._total:
            return ""
        return f", about {(self._total - done) * (self._clock() - self._began) / gained:.0f} s left"
