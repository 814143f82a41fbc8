"""The figures that a backend stores of itself, which are no points of an edge. Pure.

OpenEMS' backend writes them every ten seconds as those of ``backend0``, which is the same series as ``edge0``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

PATTERN: Final = "/(Active|Completed|Connections|MaxPoolSize|Pending|PoolSize)$"
"""The channels with such figures, as a regular expression."""


def components_of(channels: Iterable[str]) -> list[str]:
    """The components that have other channels."""
    return sorted({channel.partition("/")[0] for channel in channels if not re.search(PATTERN, channel)})
