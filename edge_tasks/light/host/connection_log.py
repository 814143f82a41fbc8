"""A line of log for each edge that connects or is cut off, and one for all of them when many come at once."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG: Final = logging.getLogger(__name__)
MOST: Final = 20
"""Lines within one second."""


class ConnectionLog:
    """What became of the connections of a host's edges.

    Args:
        clock: seconds, e.g. :func:`time.monotonic`.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._second = 0.0
        self._lines = 0
        self._more: Counter[str] = Counter()

    def note(self, name: str, state: str, why: str) -> None:
        """Log that an edge has come into a state; beyond :data:`MOST` a second, only count it."""
        self.sum_up()
        if self._lines < MOST:
            self._lines += 1
            _LOG.info("%s: %s%s", name, state, f": {why}" if why else "")
        else:
            self._more[state] += 1

    def sum_up(self) -> None:
        """Log how many were only counted, once their second is over. To be called now and then."""
        now = self._clock()
        if now - self._second < 1.0:
            return
        if self._more:
            counted = ", ".join(f"{count} {state}" for state, count in self._more.items())
            _LOG.info("and more edges within a second: %s", counted)
            self._more.clear()
        self._second, self._lines = now, 0
