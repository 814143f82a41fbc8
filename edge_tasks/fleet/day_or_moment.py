"""A day or a moment as people write it. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

_DAY: Final = r"\d{4}-\d\d-\d\d"


def read_day_or_moment(text: str) -> date | datetime:
    """The day of ``2026-01-03``, or the moment of ``2026-01-03T10:00Z``.

    ISO 8601 has other forms of a day, such as ``20260103`` and ``2026-W01-6``. Python 3.11 reads them as
    the moment at which the day begins, so they are refused.

    Raises:
        ValueError: it is neither.
    """
    if re.fullmatch(_DAY, text):
        return date.fromisoformat(text)
    if not re.fullmatch(rf"{_DAY}[T ].+", text):
        raise ValueError(text)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
