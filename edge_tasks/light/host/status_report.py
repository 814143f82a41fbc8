"""When a host writes its status file: soon after a change, now and then without one, and not all the time."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.light.host import fleet_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LOG: Final = logging.getLogger(__name__)
_SOONEST: Final = 0.25
_LATEST: Final = 4.8
_SHARE: Final = 20
"""Of the time, one part in so many goes into writing the status of a large fleet."""


class Report:
    """The status file's writing."""

    def __init__(self) -> None:
        self._dirty = True
        self._written = 0.0
        self._writing = 0.0

    def mark(self) -> None:
        """Something has changed."""
        self._dirty = True

    def write_when_due(self, path: Path, status: Callable[[], dict[str, Any]]) -> None:
        """Replace the file, unless that is not due yet; a failure is logged."""
        began = time.monotonic()
        soonest = max(_SOONEST, _SHARE * self._writing)
        if began - self._written < (soonest if self._dirty else max(soonest, _LATEST)):
            return
        self._written = began
        self._dirty = False
        try:
            fleet_file.write_status(path, status())
        except OSError as error:
            _LOG.error("the status file is not written: %s", error.strerror)
        self._writing = time.monotonic() - began
