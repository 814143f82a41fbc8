"""Whether what is waited for still runs, looked at now and then: each look asks Docker twice."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.stack import Stack

_PAUSE_S: Final = 1.0


@dataclass
class Watch:
    """Looks at the container of a service while something else is asked many times a second."""

    stack: Stack
    service: str
    _looked: float = field(default_factory=time.monotonic)

    def require_running(self) -> None:
        """Look, if the last look was a second ago.

        Raises:
            CommandFailed: its container has ended, with its last lines.
        """
        if time.monotonic() - self._looked >= _PAUSE_S:
            self._looked = time.monotonic()
            self.stack.require_running(self.service)
