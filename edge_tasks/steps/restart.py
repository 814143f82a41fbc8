"""``inv restart --edge 3``: restart edges, whatever state they are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.errors import EdgesNotOnline, SettingsError
from edge_tasks.proof.verdict import DOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.fleet.directories import Directories
    from edge_tasks.fleet.identity import Edge, Fleet
    from edge_tasks.output import Output
    from edge_tasks.runtimes.protocols import EdgeHost


@dataclass(frozen=True)
class Restart:
    """Marks directories as written now, which makes the runtime start their edges again.

    Attributes:
        edges: those to restart.
        running: the names of what runs.
    """

    edges: Sequence[Edge]
    fleet: Fleet
    directories: Directories
    host: EdgeHost
    running: Callable[[], tuple[str, ...]]
    output: Output

    def run(self) -> None:
        """Restart the edges.

        Raises:
            SettingsError: one is a light edge, or its directory was never written.
            EdgesNotOnline: nothing of the fleet runs, and this step is not meant to start all of it.
        """
        if not self.running():
            raise EdgesNotOnline(DOWN[0], hint=DOWN[1])
        for edge in self.edges:
            if edge.index >= self.fleet.full:
                raise SettingsError(f"{edge.name} is a light edge", hint="inv down up restarts all light edges")
            if not self.directories.touch(edge):
                raise SettingsError(f"{edge.name} has no config directory", hint="inv setup")
        written = self.directories.written(self.fleet.edges_with_directory)
        did = self.host.start(self.host.find(written))
        self.output.line(f"{', '.join(edge.name for edge in self.edges)} restarted; {did}")
