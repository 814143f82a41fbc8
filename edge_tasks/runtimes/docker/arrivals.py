"""Edges start, as many at a time as the machine can take: which are next, and which were turned away. Pure.

A real edge that loses the backend waits 10 to 109 s before it tries again. That happens: it compresses with one
deflater what several of its threads send, and on a busy machine one start in fifty ends with a backend that
cannot read that and closes the connection ("invalid code lengths set").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SILENCE_S: Final = 15.0
"""If no edge has connected for this time, we stop waiting for the rest."""

_SLOW_S: Final = 40.0
"""An edge that takes longer no longer delays the others."""

_MARGIN_S: Final = 5.0


@dataclass
class _Start:
    """The start of one edge: when it began, with which others, and when it was first seen connected."""

    at: float
    mates: frozenset[str]
    came: float | None = None


@dataclass
class Arrivals:
    """Times are seconds of any clock.

    Attributes:
        waiting: services that are still to be begun, in order.
        batch: how many are begun together; up to twice as many are on their way.
        again: those that were begun once more, in order.
    """

    waiting: list[str]
    batch: int
    again: list[str] = field(default_factory=list)
    _starts: dict[str, _Start] = field(default_factory=dict)
    _turned_away: set[str] = field(default_factory=set)
    _last: float = 0.0

    def next(self, now: float) -> tuple[str, ...]:
        """The edges to start: those that were turned away, else the next batch; none while there is no room."""
        if self._turned_away:
            return tuple(sorted(self._turned_away))
        young = (start for start in self._starts.values() if now - start.at < _SLOW_S)
        on_their_way = sum(start.came is None for start in young)
        return tuple(self.waiting[: self.batch]) if on_their_way <= self.batch else ()

    def begin(self, services: Sequence[str], now: float) -> None:
        """Take note that these services were started."""
        self.again += [service for service in services if service in self._turned_away]
        self._turned_away -= set(services)
        self.waiting = [service for service in self.waiting if service not in services]
        self._starts |= {service: _Start(now, frozenset(services)) for service in services}
        self._last = now

    def see(self, connected: Collection[str], now: float) -> None:
        """Take note that exactly these are connected now."""
        for service, start in self._starts.items():
            if service in connected:
                if start.came is None:
                    start.came = self._last = now
            elif service not in self.again and (start.came is not None or self._is_overdue(start, now)):
                self._turned_away.add(service)
        self._turned_away -= set(connected)

    def is_over(self, now: float) -> bool:
        """All are connected, or no more will connect."""
        if self.waiting or self._turned_away:
            return False
        return all(start.came is not None for start in self._starts.values()) or now - self._last > SILENCE_S

    def _is_overdue(self, start: _Start, now: float) -> bool:
        """Half of the edges started with it connected so long ago that it cannot only be slower."""
        came = [mate.came for name in start.mates if (mate := self._starts[name]).came is not None]
        if len(came) * 2 < len(start.mates) or not came:
            return False
        latest = max(came)
        return now - latest > _MARGIN_S + (latest - start.at) / 2
