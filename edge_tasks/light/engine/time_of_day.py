"""Times of the day in a configuration."""

from __future__ import annotations

from typing import Final

DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000
"""In ms."""
_ZEROS: Final = ("0", "0")


def ms_of_day(text: str) -> int:
    """The ms of the day of a time like ``17:00``; midnight if it is none."""
    parts = text.split(":")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return 0
    hours, minutes, seconds = [int(part) for part in (*parts, *_ZEROS)[:3]]
    return (HOUR * hours + MINUTE * minutes + 1000 * seconds) % DAY
