"""The fleet as the backend sees it, to be looked at once or again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.proof.look import RuntimeFacts, Sources, look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.proof.look import Expectations
    from edge_tasks.proof.verdict import Verdict
    from edge_tasks.runtimes.protocols import Runtime
    from edge_tasks.steps.devices_read import DevicesRead


@dataclass(frozen=True)
class FleetView:
    """What is asked about a fleet, and which sources are asked.

    Attributes:
        edges: all of the fleet.
        expected: what each must show.
        runtime: where they run.
        read: what the backend has read.
    """

    edges: Sequence[Edge]
    expected: Expectations
    runtime: Runtime
    read: DevicesRead

    @property
    def names(self) -> list[str]:
        """The names of all edges."""
        return [edge.name for edge in self.edges]

    def look(self, channels: Sequence[str], names: Sequence[str] | None = None) -> tuple[Verdict, ...]:
        """Ask once of all edges, or of those named, also for the values of ``channels``, and judge each."""
        runtime = self.runtime
        backend = runtime.backend
        unread = frozenset(self.read.unread())
        facts = RuntimeFacts(runtime.edges.processes(), backend.started(), unread, backend.takes_edges)
        wanted = self.names if names is None else names
        sources = Sources(runtime.backend.status, runtime.database.registry, facts)
        return look(wanted, channels, self.expected, sources)
