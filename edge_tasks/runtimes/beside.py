"""Work that a step has begun, and that goes on beside the steps after it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Beside:
    """One such work at a time, in a thread; a call does not end well before it has."""

    _thread: threading.Thread | None = None
    _errors: list[BaseException] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Something was begun, and nobody has waited for it yet."""
        return self._thread is not None

    def begin(self, work: Callable[[], None]) -> None:
        """Begin it, once what was begun before has ended.

        Raises:
            FleetError: as the work before says.
        """
        self.settle()
        self._thread = threading.Thread(target=self._do, args=(work,), daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Wait until it has ended.

        Raises:
            FleetError: as the work says.
        """
        if self._thread is None:
            return
        self._thread.join()
        self._thread = None
        if self._errors:
            raise self._errors.pop()

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self._errors.append(error)
