"""A stretch of time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """The moments from ``begin`` until just before ``end``, both in epoch ms."""

    begin: int
    end: int

    def __bool__(self) -> bool:
        """Whether it has any moment."""
        return self.begin < self.end
