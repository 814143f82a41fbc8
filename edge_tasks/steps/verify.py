"""``inv verify``: ask the backend whether every edge is online and shows what it should."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.processes import until
from edge_tasks.errors import BackendError, EdgesNotOnline
from edge_tasks.plan import counted
from edge_tasks.proof.verdict import DOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.output import Output, Progress
    from edge_tasks.proof.verdict import Verdict
    from edge_tasks.steps.edge_table import EdgeTable
    from edge_tasks.steps.fleet_view import FleetView

_FIRST_PAUSE_S: Final = 0.02
_PAUSE_S: Final = 0.2
_MOST_PAUSE_S: Final = 2.0
"""The pause between two looks is as long as the last look, because asking makes a busy machine busier. The
first ones are shorter: few edges are connected within a moment."""
_MANY: Final = 200
_MOST_LISTED: Final = 20


@dataclass(frozen=True)
class Verify:
    """Asks until all edges are online or the time is over.

    Attributes:
        view: the fleet.
        timeout_s: how long it waits.
        judges_only: nothing was mended before, so that it waits only for what may change by itself.
        table: shows what was seen at the end.
    """

    view: FleetView
    timeout_s: int
    judges_only: bool
    table: EdgeTable
    output: Output

    def run(self) -> None:
        """Wait, show the table, and print a line.

        Raises:
            EdgesNotOnline: names each edge that is not online, with its own reason and hint.
        """
        started = time.monotonic()
        if self.judges_only and self.view.is_down:
            self.table.record_down(self.view.names)
            raise EdgesNotOnline(DOWN[0], hint=DOWN[1])
        with self.output.progress("verify", len(self.view.edges), "online") as progress:
            verdicts = self._await_all(started + self.timeout_s, progress)
        self.table.show(tuple(verdicts.values()))
        print_remark(self.view, self.output)
        _raise_for(tuple(verdict for verdict in verdicts.values() if not verdict.is_well), len(verdicts))
        self._say_whether_points_arrive()
        did = f"{len(verdicts)} online, says {self.view.runtime.backend.status.says}"
        self.output.step("verify", did, time.monotonic() - started, changed=True)

    def _say_whether_points_arrive(self) -> None:
        """A backend that stores nothing says nothing of it, and its edges are online all the same."""
        storage, names = self.view.runtime.storage, self.view.names
        if storage is None:
            return
        with self.output.progress("history", len(names), "edges with points") as progress:
            arrival = storage.arrival(names, progress)
        if arrival is not None:
            if arrival.is_well:
                self.output.line(f"  {arrival.said}")
            else:
                self.output.fault(f"  ! {arrival.said}")
            self.output.document(history={"arrives": arrival.is_well, "said": arrival.said})

    def _await_all(self, deadline: float, progress: Progress) -> dict[str, Verdict]:
        """The last verdict of each edge: all are online, or the time is over, or waiting cannot help.

        If nothing was mended before, all are online only in one look: what was at first may be so no more.
        """
        verdicts, waited = self._await_each(deadline, progress)
        while self.judges_only and waited and not _ill(verdicts) and time.monotonic() < deadline:
            verdicts, waited = self._await_each(deadline, progress)
        return verdicts

    def _await_each(self, deadline: float, progress: Progress) -> tuple[dict[str, Verdict], bool]:
        """Look at all, and at those that are not online again; and whether that was needed."""
        asked = time.monotonic()
        verdicts = {verdict.name: verdict for verdict in self.view.look()}
        took_s, pause_s, waited = time.monotonic() - asked, _FIRST_PAUSE_S, False
        while ill := _ill(verdicts):
            progress(len(verdicts) - len(ill))
            if self.judges_only and not any(verdicts[name].may_change for name in ill):
                break
            if not until(deadline, min(max(took_s, pause_s), _MOST_PAUSE_S)):
                break
            pause_s, waited = min(2 * pause_s, _PAUSE_S), True
            asked = time.monotonic()
            verdicts |= self._looked_at(self._worth_a_look(ill))
            took_s = time.monotonic() - asked
        if len(ill) > _MANY:  # those that never came were not looked at again
            verdicts |= self._looked_at(ill)
        return verdicts, waited

    def _looked_at(self, names: Sequence[str]) -> dict[str, Verdict]:
        return {verdict.name: verdict for verdict in self.view.look(names=names)}

    def _worth_a_look(self, ill: list[str]) -> list[str]:
        """The edges that are worth a full look: of many, only those that the backend says are online."""
        if len(ill) <= _MANY:
            return ill
        try:
            online = self.view.runtime.backend.status.online(ill)
        except BackendError:
            return ill
        return [name for name in ill if online.get(name)]


def print_remark(view: FleetView, output: Output) -> None:
    """Print what could not be asked: without a REST API of the backend, and of meters that are not simulated."""
    status = view.runtime.backend.status
    if status.sees_values and (unmeasured := view.expected.unmeasured(view.names)):
        output.line(f"  ! not simulated, so no value is expected: {', '.join(unmeasured)}")
    if remark := status.remark:
        output.line(f"  ! {remark}")


def _ill(verdicts: Mapping[str, Verdict]) -> list[str]:
    return [name for name, verdict in verdicts.items() if not verdict.is_well]


def _raise_for(ill: tuple[Verdict, ...], count: int) -> None:
    if ill:
        lines = [f"{v.name} is {v.state.value}: {v.why} → {v.hint}" for v in ill[:_MOST_LISTED]]
        lines += [f"and {len(ill) - _MOST_LISTED} more"] if len(ill) > _MOST_LISTED else []
        raise EdgesNotOnline("\n".join((f"not online: {len(ill)} of {counted(count, 'edge')}", *lines)))
