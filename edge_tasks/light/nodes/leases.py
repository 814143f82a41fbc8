"""Who runs which part of the fleet: one task each at a time, also while machines come and go. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LASTS_S: Final = 15.0
"""A lease that was not renewed for this time is over, and the next task gets it."""
GIVES_UP_S: Final = 10.0
"""A task that could not renew its lease for this time ends its edges, before anybody else may start them."""
HANGS_S: Final = 3.0
"""Edges that have not ended within this time after that are killed."""


@dataclass(frozen=True)
class Lease:
    """A task's right to run a part.

    Attributes:
        task: an id of it.
        node: where it runs, for people.
        until: seconds, by the clock of :class:`Leases`.
    """

    task: str
    node: str
    until: float


@dataclass
class Leases:
    """The leases of all parts.

    Attributes:
        began: when the keeper started, by the same clock as all times here.
        doubtful: parts that may have been run by then. At first it gives their leases only to tasks that say
            that they had them.
    """

    began: float
    doubtful: frozenset[int] = frozenset()
    _held: dict[int, Lease] = field(default_factory=dict)

    def renew(self, part: int, task: str, node: str, now: float) -> bool:
        """Renew the lease of a task that has run a part until now; False if another one has had it meanwhile."""
        lease = self._held.get(part)
        if lease is not None and lease.task != task:
            return False
        self._held[part] = Lease(task, node, now + LASTS_S)
        return True

    def take(self, wish: int, count: int, task: str, node: str, now: float) -> int | None:
        """Give a task a part that nobody runs.

        Args:
            wish: the part that it gets if that is free, so that parts stay where they were.
            count: how many parts there are.
            task: an id of it.
            node: where it runs.
            now: the time in seconds.
        """
        self._held = {part: lease for part, lease in self._held.items() if lease.task != task}
        free = [part for part in range(count) if self._is_free(part, now)]
        if not free:
            return None
        part = wish if wish in free else free[0]
        self._held[part] = Lease(task, node, now + LASTS_S)
        return part

    def has(self, part: int, task: str, now: float) -> bool:
        """Whether a task has the lease of a part."""
        lease = self._held.get(part)
        return lease is not None and lease.task == task and now < lease.until

    def release(self, part: int, task: str) -> None:
        """End a lease of this task; the next one need not wait."""
        lease = self._held.get(part)
        if lease is not None and lease.task == task:
            self._held[part] = Lease("", "", 0.0)

    def expired(self, now: float) -> list[int]:
        """The parts that were run, and that nobody runs any more."""
        return [part for part in sorted({*self._held, *self.doubtful}) if self._is_free(part, now)]

    def nodes(self, now: float) -> Iterator[tuple[int, str]]:
        """The parts that are run, each with its node."""
        yield from ((part, lease.node) for part, lease in self._held.items() if now < lease.until)

    def _is_free(self, part: int, now: float) -> bool:
        lease = self._held.get(part)
        if lease is not None:
            return now >= lease.until
        return part not in self.doubtful or now >= self.began + LASTS_S
