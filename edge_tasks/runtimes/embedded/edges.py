"""The embedded runtime's edges: all of them are light ones, in one host."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from edge_tasks.plan import Plan, counted
from edge_tasks.runtimes.light_host import change_of
from edge_tasks.runtimes.plans import EdgesToStart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edge_tasks.fleet.directories import Written
    from edge_tasks.fleet.identity import Fleet
    from edge_tasks.proof.protocol import EdgeProcess
    from edge_tasks.runtimes.light_host import LightHost


@dataclass(frozen=True)
class LightEdges:
    """The edges with and without a directory, all in the same host.

    Attributes:
        start_ahead: starts the next host, so that it loads its program while the present one ends.
    """

    fleet: Fleet
    host: LightHost
    start_ahead: Callable[[], None]

    since: ClassVar[str] = "its present connection was made"

    @cached_property
    def light_names(self) -> frozenset[str]:
        """The names of all edges."""
        return frozenset(edge.name for edge in self.fleet.edges)

    def find(self, written: Mapping[str, Written]) -> Plan[EdgesToStart]:
        """Whether the host does not run these edges, each with its directory as written."""
        light = self.host.find(written)
        changes = () if light is None else (change_of(light),)
        return Plan(changes, f"{counted(self.fleet.size, 'edge')} running", EdgesToStart(light=light))

    def make_ready(self, plan: Plan[EdgesToStart]) -> None:
        """Nothing of it takes a while."""

    def start(self, plan: Plan[EdgesToStart]) -> str:
        """Tell the host its edges, starting it when it does not run, and wait until it has taken them.

        Raises:
            CommandFailed: it ended, or did not take them within 30 s.
        """
        return self.host.start(plan.details.light) if plan.details.light is not None else ""

    def clear(self) -> None:
        """End the host, and remove what its edges have counted."""
        self.start_ahead()
        self.host.clear()

    def processes(self) -> dict[str, EdgeProcess]:
        """What the host says of its edges, by name; empty when it does not run."""
        return self.host.processes()
