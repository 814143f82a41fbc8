"""Where a simulated meter's power comes from. No I/O: time comes from the caller, in ms since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

NEVER: Final = 1 << 62


class Source(Protocol):
    """A power that is constant between two moments."""

    def at(self, now: int) -> int:
        """The power in W at epoch ms."""

    def until(self, now: int) -> int:
        """The next epoch ms at which the power may change; :data:`NEVER` if there is none."""


@dataclass(frozen=True)
class Datasource:
    """A series of powers in W; ``step`` is the ms between two of them, 0 for the first one only."""

    values: tuple[int, ...]
    step: int

    def at(self, elapsed: int) -> int:
        """The power after so many ms; at its end the series starts again."""
        if not self.values:
            return 0
        return self.values[elapsed // self.step % len(self.values)] if self.step else self.values[0]

    def since(self, began: int) -> Source:
        """The power over time, if the series began at this epoch ms."""
        return Series(self, began) if self.step and len(self.values) > 1 else Constant(self.at(0))


class Constant:
    """The same power for ever.

    Args:
        power: W.
    """

    __slots__ = ("_power",)

    def __init__(self, power: int) -> None:
        self._power = power

    def at(self, _now: int) -> int:
        """The power in W."""
        return self._power

    def until(self, _now: int) -> int:
        """:data:`NEVER`, because the power does not change."""
        return NEVER


class Series:
    """A datasource that began at epoch ms."""

    __slots__ = ("_began", "_datasource")

    def __init__(self, datasource: Datasource, began: int) -> None:
        self._datasource = datasource
        self._began = began

    def at(self, now: int) -> int:
        """The power in W; before it began, the one of the series' end."""
        return self._datasource.at(now - self._began)

    def until(self, now: int) -> int:
        """The epoch ms of the next step."""
        step = self._datasource.step
        return now + step - (now - self._began) % step


class Limited:
    """A power that somebody limited, until a moment.

    Args:
        source: the power without the limit.
        limit: W at most.
        end: epoch ms.
    """

    __slots__ = ("_end", "_limit", "source")

    def __init__(self, source: Source, limit: int, end: int) -> None:
        self.source = source
        self._limit = limit
        self._end = end

    def at(self, now: int) -> int:
        """The power in W."""
        power = self.source.at(now)
        return min(power, self._limit) if now < self._end else power

    def until(self, now: int) -> int:
        """The next change of the source, or the end of the limit."""
        until = self.source.until(now)
        return min(until, self._end) if now < self._end else until


class Held:
    """A power that somebody wrote, until a moment; after that, the source's own power.

    Args:
        source: whose place it takes.
        power: in W.
        end: epoch ms.
    """

    __slots__ = ("_end", "_power", "source")

    def __init__(self, source: Source, power: int, end: int) -> None:
        self.source = source
        self._power = power
        self._end = end

    def at(self, now: int) -> int:
        """The power in W."""
        return self._power if now < self._end else self.source.at(now)

    def until(self, now: int) -> int:
        """The end of the written power; after it, the next change of the source."""
        return self._end if now < self._end else self.source.until(now)
