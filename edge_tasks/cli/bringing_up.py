"""What brought a fleet up, noted for the report: when it began, and how long each step took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge_tasks.cli.console import Console
    from edge_tasks.fleet.record import BroughtUp, Record


class BringingUp:
    """What a call has done since this was made.

    Args:
        console: has the steps that were done.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.time()
        self._before = len(console.steps)

    def note(self, record: Record) -> None:
        """Write down what was done until now, if it started anything; else what is written there stays."""
        steps = self._console.steps[self._before :]
        if not any(step["name"] == "up" and step["changed"] for step in steps):
            return
        found: BroughtUp = {"began": self._began, "ended": time.time(), "steps": list(steps)}
        record.note(brought_up=found)
