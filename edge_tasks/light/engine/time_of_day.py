"""Times of the day in a configuration."""

from __future__ import annotations

from typing import Final

from edge_tasks.openems.milliseconds import DAY_MS, HOUR_MS, MINUTE_MS

_ZEROS: Final = ("0", "0")


def ms_of_day(text: str) -> int:
    """The ms of the day of a time like ``17:00``; midnight if it is none."""
    parts = text.split(":")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return 0
    hours, minutes, seconds = [int(part) for part in (*parts, *_ZEROS)[:3]]
    return (HOUR_MS * hours + MINUTE_MS * minutes + 1000 * seconds) % DAY_MS
