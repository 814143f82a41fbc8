"""The metrics of a fleet whose parts run in tasks, out of the status files that the keeper has of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.light.host import fleet_file
from edge_tasks.light.host.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from edge_tasks.light.host.fleet import Fleet
    from edge_tasks.light.host.fleet_file import Stamp


class KeptMetrics:
    """Serves them where the fleet file says.

    Args:
        path: the fleet file.
        nodes: the part → the node on which it runs.
    """

    def __init__(self, path: Path, nodes: Callable[[], Mapping[int, str]]) -> None:
        self._path = path
        self._stamp: Stamp = fleet_file.stamp(path)
        self._fleet: Fleet = fleet_file.load(path)
        self._metrics = Metrics(self._fleet, nodes)

    def follow(self) -> None:
        """Take over the fleet file if it was written; called every second or so.

        Raises:
            OSError: the fleet file cannot be read.
            FleetFileError: it is none.
        """
        stamp = fleet_file.stamp(self._path)
        if stamp != self._stamp:
            self._stamp, self._fleet = stamp, fleet_file.load(self._path)
        self._metrics.serve(self._fleet)

    def ending(self, part: int) -> None:
        """Read the status of a part, whose task has ended, for the last time."""
        self._metrics.ending(part)

    def ended(self, part: int) -> None:
        """Count what a part has counted up to its end; its status is gone."""
        self._metrics.ended(part, again=False)
