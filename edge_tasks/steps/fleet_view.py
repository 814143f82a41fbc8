"""The fleet as the backend sees it, to be looked at once or again and again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from edge_tasks.errors import BackendError
from edge_tasks.proof.look import RuntimeFacts, Sources, look
from edge_tasks.proof.verdict import EdgeState

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

    @property
    def is_down(self) -> bool:
        """Whether nothing of it runs, so that nothing is known of any edge."""
        return not self.runtime.services.running()

    def look(self, channels: Sequence[str] = (), names: Sequence[str] | None = None) -> tuple[Verdict, ...]:
        """Ask once of all edges, or of those named, also for the values of ``channels``, and judge each."""
        runtime = self.runtime
        backend = runtime.backend
        unread = frozenset(self.read.unread())
        started, processes = backend.started(), runtime.edges.processes()
        facts = RuntimeFacts(processes, started, unread, backend.takes_edges, self._restart)
        wanted = self.names if names is None else names
        sources = Sources(runtime.backend.status, runtime.database.registry, facts)
        return look(wanted, channels, self.expected, sources)

    def measured(self, verdicts: Sequence[Verdict], channels: Sequence[str]) -> list[Verdict]:
        """The same verdicts, with the values of ``channels`` where the backend has some."""
        asked = [verdict.name for verdict in verdicts if verdict.state is not EdgeState.UNKNOWN]
        try:
            found = self.runtime.backend.status.values(asked, channels)
        except BackendError:
            return list(verdicts)
        return [replace(one, values={**one.values, **found.get(one.name, {})}) for one in verdicts]

    def _restart(self, name: str) -> str:
        """What to type so that an edge starts again: one without a directory only does so with all others."""
        index = self._with_directory.get(name)
        return "inv down up" if index is None else f"inv restart --edge {index}"

    @cached_property
    def _with_directory(self) -> dict[str, int]:
        return {edge.name: edge.index for edge in self.read.fleet.edges_with_directory}
