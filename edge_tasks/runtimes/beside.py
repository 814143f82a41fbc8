"""Work that a step has begun, and that goes on beside the steps after it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


@dataclass
class Beside:
    """One such work at a time, in a thread; a call does not end well before it has."""

    what: str = ""
    """What is waited for, as people read it: ``Odoo is ready``."""
    _thread: threading.Thread | None = None
    _errors: list[BaseException] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Something was begun, and nobody has waited for it yet."""
        return self._thread is not None

    @property
    def goes_on(self) -> bool:
        """It has not ended yet."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, what: str, work: Callable[[], None]) -> None:
        """Begin it; ``what`` says what is waited for later."""
        self.what, self._errors = what, []
        self._thread = threading.Thread(target=_do, args=(work, self._errors), daemon=True)
        self._thread.start()

    def await_end(self, waiting: Callable[[str], AbstractContextManager[None]]) -> None:
        """Wait until it has ended; ``waiting`` is told for what.

        Raises:
            FleetError: as the work says.
        """
        if self._thread is None:
            return
        with waiting(self.what):
            self._thread.join()
        self._thread = None
        if self._errors:
            raise self._errors.pop()

    def end(self, seconds: float, say: Callable[[str], None] = lambda _line: None) -> BaseException | None:
        """Wait no longer than that, which ``say`` is told, and never again; why it has failed."""
        if seconds and self.goes_on:
            say(f"  waiting {seconds:.0f} s at most until {self.what}; Ctrl-C ends that")
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(seconds)
        return self._errors.pop() if self._errors else None


def _do(work: Callable[[], None], errors: list[BaseException]) -> None:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
        errors.append(error)
