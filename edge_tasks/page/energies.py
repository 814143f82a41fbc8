"""Asks for energies when a page wants to see them: some edges at once, and each question once in a while."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from edge_tasks.errors import FleetError
from edge_tasks.page.energy import KINDS, Energy, Year, charts
from edge_tasks.proof.energies import Days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

AT_ONCE: Final = 8
"""How many edges are asked at a time, so that the backend has time for others."""
_MOST_FAILURES: Final = 8
"""How many questions may fail before the other edges are not asked any more."""
_KEPT_S: Final = 30.0
_SHORTLY_KEPT_S: Final = 3.0
"""Longer than until the page asks again, which has to see it once."""
_REST: Final = 10.0
"""An answer is kept this many times as long as it took."""
_MOST_KEPT: Final = 50


class Asked(NamedTuple):
    """Whose energies: of a meter, else of an edge, else of a group, else of the fleet; empty for none."""

    group: str = ""
    edge: str = ""
    meter: str = ""


class Scope(NamedTuple):
    """What there is to be asked.

    Attributes:
        zones: the time zone of the people at each edge that belongs to the question, by the edge's name.
        channels: of each of them, by what the page calls them.
        households: meters of the edge that was asked about, each with its name for people.
        groups: of the fleet.
    """

    zones: Mapping[str, str]
    channels: Mapping[str, str]
    households: Sequence[tuple[str, str]] = ()
    groups: Sequence[str] = ()

    @property
    def year(self) -> Year:
        """The last twelve months there."""
        return Year.until_now(self.zones.values())


class EnergySource(Protocol):
    """Where energies come from; both may take long, and are called in threads, several at once."""

    def scope(self, asked: Asked) -> Scope | None:
        """What there is to be asked; None if the fleet has no such group, edge or meter.

        Raises:
            FleetError: that is not known now.
        """

    def days(self, edge: str, channels: Sequence[str], days: Days) -> Mapping[str, list[int | None]]:
        """Wh by channel, for each of the days; None for a day without an answer.

        Raises:
            FleetError: it cannot be asked.
        """


@dataclass
class Asking:
    """A question that is being asked, or has been.

    Attributes:
        energies: what was answered until now, by what the page calls it.
        asked: how many edges have been asked.
        failed: how many of these questions failed.
        problem: why the last one did.
        hint: what to type then.
        ended: when all edges had been asked, by :func:`time.monotonic`; None before that.
    """

    scope: Scope
    year: Year
    energies: dict[str, Energy]
    began: float
    asked: int = 0
    failed: int = 0
    problem: str = ""
    hint: str = ""
    ended: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def begin(cls, scope: Scope, year: Year) -> Asking:
        """One that nobody has answered."""
        days = len(year.days)
        return cls(scope, year, {name: Energy.of_nobody(days) for name in scope.channels}, time.monotonic())

    def is_worth(self, now: float, today: date) -> bool:
        """Whether the answer is young enough to be shown again; for a moment only if edges could not be asked."""
        if self.ended is None:
            return True
        kept = _SHORTLY_KEPT_S if self.failed else max(_KEPT_S, _REST * (self.ended - self.began))
        return self.year.today == today and now - self.ended < kept

    def ask(self, source: EnergySource, edge: str) -> None:
        """Ask about one edge, unless too many questions have failed."""
        if self.failed >= _MOST_FAILURES:
            return
        channels = self.scope.channels
        days = Days(self.year.first, self.year.today, self.scope.zones[edge])
        try:
            found = source.days(edge, list(channels.values()), days)
        except FleetError as error:
            with self._lock:
                self.asked += 1
                self.failed += 1
                self.problem, self.hint = error.message, error.hint
            return
        with self._lock:
            self.asked += 1
            for name, channel in channels.items():
                self.energies[name].add(found[channel])

    def shown(self, kind: str, month: str) -> dict[str, Any]:
        """What the page shows: of an energy, the year and the days of a month."""
        chosen = kind if kind in self.energies else next(iter(self.energies))
        with self._lock:
            others = [energy for name, energy in self.energies.items() if name != chosen]
            drawn = (
                charts(self.energies[chosen], self.year, month, chosen, others) if self.ended is not None else {}
            )
        return {
            "asked": self.asked,
            "all": len(self.scope.zones),
            "is_done": self.ended is not None,
            "problem": self.problem,
            "hint": self.hint,
            "kind": chosen,
            "kinds": [[name, word] for name, (word, _) in KINDS.items()],
            "households": self.scope.households,
            "groups": self.scope.groups,
            **drawn,
        }


class Energies:
    """The questions that pages ask, each once in a while."""

    def __init__(self, source: EnergySource) -> None:
        self._source = source
        self._pool = ThreadPoolExecutor(AT_ONCE, "energy")
        self._askings: dict[Asked, Asking] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def read(self, asked: Asked, kind: str, month: str) -> dict[str, Any] | None:
        """What is known now, also while edges are still being asked; None if there is nothing such.

        Raises:
            FleetError: what there is to be asked is not known.
        """
        asking = self._askings.get(asked)
        if asking is None or not asking.is_worth(time.monotonic(), asking.scope.year.today):
            scope = await asyncio.to_thread(self._source.scope, asked)
            if scope is None:
                return None
            asking = self._begin(asked, Asking.begin(scope, scope.year))
        return asking.shown(kind, month)

    def close(self) -> None:
        """Ask no more."""
        for task in self._tasks:
            task.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, asked: Asked, asking: Asking) -> Asking:
        self._askings.pop(asked, None)
        self._askings[asked] = asking
        while len(self._askings) > _MOST_KEPT:
            del self._askings[next(iter(self._askings))]
        task = asyncio.create_task(self._ask(asking))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return asking

    async def _ask(self, asking: Asking) -> None:
        loop, edges = asyncio.get_running_loop(), asking.scope.zones
        each = [loop.run_in_executor(self._pool, asking.ask, self._source, edge) for edge in edges]
        found = await asyncio.gather(*each, return_exceptions=True)
        for error in filter(None, found):
            asking.problem = f"this question failed ({type(error).__name__})"
        asking.ended = time.monotonic()
