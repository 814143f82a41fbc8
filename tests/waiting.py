"""Waiting for what another process does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LONG_S: Final = 60.0
"""Only what never comes takes so long: a busy machine holds up a process for seconds, but not for a minute."""


def await_that(check: Callable[[], bool], within_s: float = LONG_S, every_s: float = 0.1) -> None:
    """Look again and again until it is so; it must be so in time."""
    deadline = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(every_s)
