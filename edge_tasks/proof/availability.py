"""How available edges were, from their own side: what the traces of light edges say of a span of time. Pure.

A connection counts from the moment when its upgrade was granted, if the backend then answered the edge or kept
the connection for half a second; one that it drops before that is a refused apikey. An edge's time begins with
its first try.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ONE_MAY_BE_A_CUT: Final = 2
"""A backend that goes away looks once like one that refuses an apikey it has known before, but not twice."""


@dataclass(frozen=True)
class Event:
    """A line of a trace.

    Attributes:
        at: seconds.
        edge: its name.
        what: see :mod:`edge_tasks.light.host.trace`.
        detail: seconds, or a reason; None without.
    """

    at: float
    edge: str
    what: str
    detail: float | str | None = None


@dataclass(frozen=True)
class Span:
    """A span of time, in seconds."""

    begin: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.begin


@dataclass(frozen=True)
class Uptime:
    """What became of one edge.

    Attributes:
        edge: its name.
        time: from its first try, or from the connection that came of it, to the end; None if it never tried.
        connections: when it was connected, ascending.
        answers: how many seconds the backend took for its first request in each connection.
        pings: how many seconds the backend took for each ping.
        refused: the backend does not accept its apikey.
        why: why it is not connected, or was not the last time.
    """

    edge: str
    time: Span | None
    connections: tuple[Span, ...] = ()
    answers: tuple[float, ...] = ()
    pings: tuple[float, ...] = ()
    refused: bool = False
    why: str = ""

    @property
    def connected_s(self) -> float:
        """How long it was connected."""
        return sum(one.seconds for one in self.connections)

    @property
    def availability(self) -> float:
        """The share of its time in which it was connected; 0 for one that never tried."""
        if self.time is None or not self.time.seconds:
            return 0.0
        return self.connected_s / self.time.seconds

    @property
    def is_connected(self) -> bool:
        """Whether it was connected at the end."""
        return self.time is not None and bool(self.connections) and self.connections[-1].end >= self.time.end

    @property
    def reconnects(self) -> tuple[float, ...]:
        """How many seconds it was without a connection each time, until it was back."""
        return tuple(after.begin - before.end for before, after in pairwise(self.connections))

    @property
    def longest_gap(self) -> Span | None:
        """The longest time without a connection, also before the first one and after the last one."""
        if self.time is None:
            return None
        whole = (Span(self.time.begin, self.time.begin), *self.connections, Span(self.time.end, self.time.end))
        gaps = (Span(before.end, after.begin) for before, after in pairwise(whole))
        return max(gaps, key=lambda gap: gap.seconds)


def uptimes(events: Iterable[Event], names: Iterable[str], end: float) -> tuple[Uptime, ...]:
    """What became of each edge until a moment; later events are left out.

    Args:
        events: of all edges; those of one edge in their order.
        names: of all edges.
        end: in seconds of the events' clock.
    """
    lives = {name: _Life() for name in names}
    for event in events:
        if event.at <= end and event.edge in lives:
            lives[event.edge].add(event)
    return tuple(life.uptime(name, end) for name, life in lives.items())


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The least of the sorted values that so many percent do not exceed; None if there are none."""
    if not values:
        return None
    rank = -(-len(values) * percent // 100)
    return values[max(0, int(rank) - 1)]


def connected_over_time(found: Iterable[Uptime], most: int) -> tuple[tuple[float, int], ...]:
    """How many edges were connected, as (seconds, count) from each change to the next one.

    Args:
        found: of all edges.
        most: so many points at most; of those between, the lowest one is kept.
    """
    changes: dict[float, int] = {}
    for one in found:
        for span in one.connections:
            changes[span.begin] = changes.get(span.begin, 0) + 1
            changes[span.end] = changes.get(span.end, 0) - 1
    count, points = 0, []
    for at, change in sorted(changes.items()):
        count += change
        points.append((at, count))
    step = max(1, -(-len(points) // max(1, most)))
    return tuple(min(points[at : at + step], key=lambda point: point[1]) for at in range(0, len(points), step))


@dataclass
class _Life:
    """An edge while its events are read.

    Attributes:
        opened: when its present connection was; None without one.
        is_first: it is the one of the first try.
        kept: the backend has shown that it accepts this connection.
        refusals: how many connections it has dropped since it last kept one.
    """

    began: float | None = None
    opened: float | None = None
    is_first: bool = False
    kept: bool = False
    refusals: int = 0
    why: str = ""
    connections: list[Span] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    pings: list[float] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Take the next event."""
        seconds = event.detail if isinstance(event.detail, float) else 0.0
        if event.what == "connecting":
            self.is_first = self.began is None
            self.began = event.at if self.began is None else self.began
            self.kept = False
        elif event.what == "open":
            self.opened = event.at
        elif event.what in ("answered", "connected"):
            self.kept, self.refusals = True, 0
            self.began = self.opened if self.is_first and self.opened is not None else self.began
            self.answers += [seconds] if event.what == "answered" else []
        elif event.what == "ping":
            self.pings.append(seconds)
        elif event.what == "ended":
            self._end(event.at)
        else:
            self.refusals += event.what == "refused" and not self.kept
            self.why = str(event.detail or event.what)

    def _end(self, at: float) -> None:
        if self.opened is not None and self.kept:
            self.connections.append(Span(self.opened, max(self.opened, at)))
        self.opened = None

    def uptime(self, name: str, end: float) -> Uptime:
        """What became of it until the end, which ends its last connection."""
        self._end(end)
        return Uptime(
            edge=name,
            time=None if self.began is None else Span(self.began, end),
            connections=tuple(self.connections),
            answers=tuple(self.answers),
            pings=tuple(self.pings),
            refused=self.refusals >= (_ONE_MAY_BE_A_CUT if self.connections else 1),
            why=self.why,
        )
