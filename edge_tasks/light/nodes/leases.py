"""Who may run a part of the fleet: one task at a time, also while machines come and go. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

LASTS_S: Final = 15.0
"""A lease that was not renewed for so long is over, and the next task gets it."""
GIVES_UP_S: Final = 10.0
"""A task that could not renew its lease for so long ends its edges: before anybody else may start them."""


@dataclass(frozen=True)
class _Lease:
    task: str
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
    _held: dict[int, _Lease] = field(default_factory=dict)

    def take(self, part: int, task: str, now: float, *, had_it: bool) -> bool:
        """Give or renew a lease; whether the task has it now.

        Args:
            part: of the fleet.
            task: who asks.
            now: the time in seconds.
            had_it: the task has run the part until now.
        """
        lease = self._held.get(part)
        if lease is not None and lease.task != task and now < lease.until:
            return False
        if lease is None and not had_it and self._is_doubtful(part, now):
            return False
        self._held[part] = _Lease(task, now + LASTS_S)
        return True

    def has(self, part: int, task: str, now: float) -> bool:
        """Whether a task has the lease of a part."""
        lease = self._held.get(part)
        return lease is not None and lease.task == task and now < lease.until

    def release(self, part: int, task: str) -> None:
        """End a lease of this task; the next one need not wait."""
        lease = self._held.get(part)
        if lease is not None and lease.task == task:
            self._held[part] = _Lease("", 0.0)

    def expired(self, now: float) -> list[int]:
        """The parts that were run, and that nobody runs any more."""
        unclaimed = (part for part in self.doubtful - self._held.keys() if not self._is_doubtful(part, now))
        return [*(part for part, lease in self._held.items() if now >= lease.until), *unclaimed]

    def _is_doubtful(self, part: int, now: float) -> bool:
        return part in self.doubtful and now < self.began + LASTS_S
