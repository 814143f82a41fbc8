"""``inv status``: every edge as the backend sees it; it changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import EdgesNotOnline
from edge_tasks.plan import counted
from edge_tasks.proof.verdict import DOWN
from edge_tasks.steps.causes import causes
from edge_tasks.steps.edge_table import SHOWN
from edge_tasks.steps.verify import print_remark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge_tasks.output import Output
    from edge_tasks.proof.verdict import Verdict
    from edge_tasks.steps.edge_table import EdgeTable
    from edge_tasks.steps.fleet_view import FleetView

EVERY_S: Final = 2.0
_MOST_REASONS: Final = 24


@dataclass(frozen=True)
class Status:
    """Asks once.

    Attributes:
        platform: whose fleet it is, for people.
        names: the edges that are asked for.
        only_ill: whether only edges that are not online are shown.
        must_be_well: whether an edge that is not online is an error.
    """

    view: FleetView
    platform: Path
    names: Sequence[str]
    table: EdgeTable
    output: Output
    only_ill: bool = False
    must_be_well: bool = False

    def run(self) -> None:
        """Show what runs, the table, and the reason of each edge that is not online.

        Raises:
            EdgesNotOnline: with ``must_be_well``, an edge is not online.
        """
        runtime = self.view.runtime
        running = ", ".join(runtime.services.running()) or "nothing"
        self.output.line(f"{counted(len(self.view.edges), 'edge')} in {self.platform}; running: {running}")
        if not self.view.is_down:
            if self.output.is_read_by_program:
                self.output.document(addresses=[one.entry for one in runtime.services.addresses()])
            self._show(self.view.look(self._shown, names=self.names))
            return
        self.table.record_down(self.names)
        self.output.fault(" → ".join(DOWN))
        self._end(len(self.names), len(self.names))

    @property
    def _shown(self) -> Sequence[str]:
        """The channels of the table, if all edges are in it: they are asked together with what is judged."""
        output = self.output
        is_whole = not self.only_ill and (output.is_read_by_program or not (output.is_screen or output.quiet))
        return SHOWN if is_whole and self.view.expected.channels else ()

    def _show(self, verdicts: Sequence[Verdict]) -> None:
        ill = [verdict for verdict in verdicts if not verdict.is_well]
        on_screen = self.output.is_screen
        self.table.show(ill if self.only_ill else verdicts, all_rows=not on_screen)
        print_remark(self.view, self.output)
        for line in causes(ill, self.table.edges, _MOST_REASONS if on_screen else None):
            self.output.fault(line)
        self._end(len(ill), len(verdicts))

    def _end(self, ill: int, count: int) -> None:
        self.output.line(f"{count - ill} of {count} online")
        if ill and self.must_be_well:
            raise EdgesNotOnline(
                f"not online: {ill} of {counted(len(self.names), 'edge')}",
                hint="type inv up, or what is said about each edge",
            )
