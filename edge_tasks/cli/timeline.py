"""When the steps of a call began, and what they waited for."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.fleet.record import StepDone, Wait

_MOST_NAMED: Final = 5
_LEAST_S: Final = 0.1
"""Shorter ones are not worth a name."""
_ROUNDED_S: Final = 0.1
"""How much earlier than its step a wait may seem to begin: the step's own times are taken elsewhere."""


class Timeline:
    """One call, from when this was made on."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._waits: list[Wait] = []

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """The body waits for this, and for nothing else; one wait does not contain another."""
        begin = time.monotonic()
        try:
            yield
        finally:
            now = time.monotonic()
            wait: Wait = {"what": what, "begin": round(begin - self._began, 3), "seconds": round(now - begin, 3)}
            self._waits.append(wait)

    def ended(self, seconds: float) -> tuple[float, list[Wait]]:
        """When the step began that has just ended and took so long, and what it waited for."""
        begin = round(time.monotonic() - self._began - seconds, 3)
        waits = [wait for wait in self._waits if wait["begin"] >= begin - _ROUNDED_S]
        self._waits.clear()
        return begin, waits


def longest(steps: Sequence[StepDone]) -> str:
    """What a call spent its time on, the longest first: ``28.3 s: edges connect 9.9 s, all else 8.2 s``.

    Steps follow each other, and so do their waits: together they are the longest chain. Empty without waits.
    """
    if not any(step["waits"] for step in steps):
        return ""
    parts = sorted((part for step in steps for part in _parts(step)), key=lambda part: -part[1])
    named = [part for part in parts if part[1] >= _LEAST_S][:_MOST_NAMED]
    whole = sum(step["seconds"] for step in steps)
    rest = max(0.0, whole - sum(seconds for _, seconds in named))
    said = (f"{what} {seconds:.1f} s" for what, seconds in (*named, ("all else", rest)))
    return f"{whole:.1f} s: {', '.join(said)}"


def _parts(step: StepDone) -> Iterator[tuple[str, float]]:
    """A step's waits, and what it did itself: what for, and how many seconds."""
    yield from ((wait["what"], wait["seconds"]) for wait in step["waits"])
    yield step["name"], step["seconds"] - sum(wait["seconds"] for wait in step["waits"])
