"""When a host writes its status file: soon after a change, and every few seconds without one."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from edge_tasks.light.host.json_file import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_LOG: Final = logging.getLogger(__name__)
_SOONEST: Final = 0.25
_LATEST: Final = 4.8
_SHARE: Final = 20
"""Writing the status of a large fleet takes at most one part in this many of the time."""


class StatusReport:
    """Writes a status file when that is due."""

    def __init__(self) -> None:
        self._dirty = True
        self._written = 0.0
        self._writing = 0.0

    def mark(self) -> None:
        """Note that the status has changed."""
        self._dirty = True

    def write_when_due(self, path: Path, status: Callable[[], Mapping[str, object]]) -> None:
        """Replace the file if that is due. A failure is logged."""
        began = time.monotonic()
        soonest = max(_SOONEST, _SHARE * self._writing)
        if began - self._written < (soonest if self._dirty else max(soonest, _LATEST)):
            return
        self._written = began
        self._dirty = False
        try:
            write_json(path, status())
        except OSError as error:
            _LOG.error("the status file cannot be written: %s", error.strerror)
        self._writing = time.monotonic() - began
