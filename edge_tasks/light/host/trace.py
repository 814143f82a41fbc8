"""What the connections of a host's edges go through, for whoever judges them afterwards.

Each line of the file is a JSON list: the time, the edge's name, what happened, and sometimes a figure or a
reason. The time is in seconds of a clock that nobody sets, and that all processes of a machine share::

    [812.031,"edge3","connecting"]
    [812.102,"edge3","open"]              the upgrade was granted
    [812.104,"edge3","answered",0.002]    the backend answered its first request, so many seconds after that
    [812.603,"edge3","connected"]         the backend has kept the connection for half a second
    [861.977,"edge3","ping",0.001]        the backend answered a ping, after so many seconds
    [871.220,"edge3","ended"]             if the backend was silent before: when it was last heard
    [871.220,"edge3","waiting","why"]     or "refused", or "unconfigured"
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEARD: Final = "heard"
"""Said for every message of the backend. Only the first one of a connection makes a line."""
_OPEN: Final = "open"
_ANSWERED: Final = "answered"
_PRIVATE: Final = 0o600


class Trace:
    """The trace of one process.

    Args:
        path: the file, to which lines are added.
        clock: seconds; the same clock in all processes of the machine.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._lines: list[bytes] = []
        self._unanswered: dict[str, float] = {}

    def note(self, edge: str, event: str, detail: float | str | None = None, ago: float = 0.0) -> None:
        """Note that something happened to an edge.

        Args:
            edge: its name.
            event: see the module.
            detail: seconds, or a reason.
            ago: how many seconds ago it happened.
        """
        now = self._clock() - ago
        if event == _OPEN:
            self._unanswered[edge] = now
        elif event == HEARD:
            opened = self._unanswered.pop(edge, None)
            if opened is None:
                return
            event, detail = _ANSWERED, now - opened
        line = [now, edge, event] if detail in (None, "") else [now, edge, event, detail]
        self._lines.append(orjson.dumps(line) + b"\n")

    def write(self) -> None:
        """Add the lines that have come up to the file.

        Raises:
            OSError: it cannot be written, and nothing of it was; they are tried again with the next ones.
        """
        if not self._lines:
            return
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)
        try:
            _append(descriptor, b"".join(self._lines))
        finally:
            os.close(descriptor)
        self._lines.clear()


def _append(descriptor: int, data: bytes) -> None:
    """Write all of it, or nothing: half of a line would spoil the next one."""
    length = os.fstat(descriptor).st_size
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        os.ftruncate(descriptor, length)
        raise
