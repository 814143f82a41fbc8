"""The table of edges that people read, and the same edges in the JSON document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.proof.fault import Fault
from edge_tasks.proof.verdict import DOWN, EdgeState, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.output import Output

_WHO: Final = ("edge", "state")
_PORTS: Final = ("host ports",)
_NODE: Final = ("node",)
_FIGURES: Final = ("grid W", "PV W", "battery W", "consumption W", "SoC %")
SHOWN: Final = (
    "_sum/GridActivePower",
    "_sum/ProductionActivePower",
    "_sum/EssActivePower",
    "_sum/ConsumptionActivePower",
    "_sum/EssSoc",
)
"""The channels of its columns: what the grid, the PV and the battery give is what is consumed."""
_SHOWN: Final = frozenset(SHOWN)
_MOST_ROWS: Final = 24


@dataclass(frozen=True)
class EdgeTable:
    """Prints verdicts.

    Attributes:
        edges: of the fleet, by name.
        light: the names of those that have no ports of their own.
        measured: gives verdicts the values of channels.
    """

    edges: Mapping[str, Edge]
    light: frozenset[str]
    output: Output
    measured: Callable[[Sequence[Verdict], Sequence[str]], Sequence[Verdict]]

    def show(self, verdicts: Sequence[Verdict], *, all_rows: bool = False) -> None:
        """Show all edges of a small fleet; of a large one those that are not online first, and count the rest.

        Args:
            verdicts: of these edges.
            all_rows: of a large fleet, too.
        """
        if self.output.is_read_by_program:
            verdicts = self._measured(verdicts)
        large = len(verdicts) > _MOST_ROWS and not all_rows
        by_need = sorted(verdicts, key=lambda verdict: verdict.is_well) if large else verdicts
        self._print(by_need[:_MOST_ROWS] if large else by_need)
        if rest := by_need[_MOST_ROWS:] if large else ():
            online = sum(verdict.is_well for verdict in rest)
            self.output.line(f"and {len(rest)} more: {online} online, {len(rest) - online} not online")
        self.record(verdicts)

    def _print(self, verdicts: Sequence[Verdict]) -> None:
        if not verdicts or self.output.quiet:
            return
        if not self.output.is_read_by_program:
            verdicts = self._measured(verdicts)
        ports = [self._ports(verdict) for verdict in verdicts]
        titles = _PORTS if any(ports) else ()
        of_nodes = _NODE if any(verdict.node for verdict in verdicts) else ()
        rows = [
            (
                *(one.name, one.state.value),
                *(one.node or "-" for _ in of_nodes),
                *(found or "-" for _ in titles),
                *_figures(one),
            )
            for one, found in zip(verdicts, ports, strict=True)
        ]
        self.output.table((*_WHO, *of_nodes, *titles, *_FIGURES), rows)

    def _measured(self, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
        """The same with the values of its columns, which are asked of those that have not got them yet."""
        without = [verdict for verdict in verdicts if not verdict.values.keys() >= _SHOWN]
        found = {verdict.name: verdict for verdict in self.measured(without, SHOWN)} if without else {}
        return [found.get(verdict.name, verdict) for verdict in verdicts]

    def _ports(self, verdict: Verdict) -> str:
        """The host's ports at which the edge listens; empty if there are none."""
        edge = self.edges[verdict.name]
        if edge.ports is None or edge.name in self.light or not verdict.running:
            return ""
        return f"{edge.ports.console}, {edge.ports.websocket}"

    def record_down(self, names: Iterable[str]) -> None:
        """Put these edges into the JSON document as those of a fleet that is down: nothing is known of them."""
        self.record([Verdict(name, EdgeState.UNKNOWN, *DOWN, fault=Fault.FLEET_DOWN) for name in names])

    def record(self, verdicts: Sequence[Verdict]) -> None:
        """Put them, all of them, into the JSON document."""
        self.output.document(edges=[_entry(self.edges[verdict.name], verdict) for verdict in verdicts])


def _figures(verdict: Verdict) -> tuple[str, ...]:
    return tuple("-" if (value := verdict.values.get(channel)) is None else str(value) for channel in SHOWN)


def _entry(edge: Edge, verdict: Verdict) -> dict[str, Any]:
    ports = {"console": edge.ports.console, "websocket": edge.ports.websocket} if edge.ports else None
    return {
        "name": edge.name,
        "state": verdict.state.value,
        "fault": verdict.fault.value if verdict.fault else None,
        "why": verdict.why,
        "hint": verdict.hint,
        "ports": ports,
        "values": dict(verdict.values),
        **({"node": verdict.node} if verdict.node else {}),
    }
