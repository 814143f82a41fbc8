"""The table of edges that people read, and the same edges in the JSON document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.proof.fault import Fault
from edge_tasks.proof.verdict import DOWN, Condition, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.output import Output

_TITLES: Final = (
    *("edge", "state", "host ports"),
    *("grid W", "PV W", "battery W", "consumption W", "SoC %"),
)
SHOWN: Final = (
    "_sum/GridActivePower",
    "_sum/ProductionActivePower",
    "_sum/EssActivePower",
    "_sum/ConsumptionActivePower",
    "_sum/EssSoc",
)
"""The channels of its columns: what the grid, the PV and the battery give is what is consumed."""
_MOST_ROWS: Final = 24


@dataclass(frozen=True)
class EdgeTable:
    """Prints verdicts.

    Attributes:
        edges: of the fleet, by name.
    """

    edges: Mapping[str, Edge]
    output: Output

    def show(self, verdicts: Sequence[Verdict]) -> None:
        """Show all edges of a small fleet; of a large one those that are not online first, and count the rest."""
        large = len(verdicts) > _MOST_ROWS
        by_need = sorted(verdicts, key=lambda verdict: verdict.is_well) if large else verdicts
        if by_need:
            rows = [_row(self.edges[verdict.name], verdict) for verdict in by_need[:_MOST_ROWS]]
            self.output.table(_TITLES, rows)
        if rest := by_need[_MOST_ROWS:]:
            online = sum(verdict.is_well for verdict in rest)
            self.output.line(f"and {len(rest)} more: {online} online, {len(rest) - online} not online")
        self.record(verdicts)

    def record_down(self, names: Iterable[str]) -> None:
        """Put these edges into the JSON document as those of a fleet that is down: nothing is known of them."""
        self.record([Verdict(name, Condition.UNKNOWN, *DOWN, fault=Fault.FLEET_DOWN) for name in names])

    def record(self, verdicts: Sequence[Verdict]) -> None:
        """Put them, all of them, into the JSON document."""
        self.output.document(edges=[_entry(self.edges[verdict.name], verdict) for verdict in verdicts])


def _row(edge: Edge, verdict: Verdict) -> tuple[str, ...]:
    ports = f"{edge.ports.console}, {edge.ports.websocket}" if edge.ports else "none"
    figures = ("-" if (value := verdict.values.get(channel)) is None else str(value) for channel in SHOWN)
    return (edge.name, verdict.condition.value, ports, *figures)


def _entry(edge: Edge, verdict: Verdict) -> dict[str, Any]:
    ports = {"console": edge.ports.console, "websocket": edge.ports.websocket} if edge.ports else None
    return {
        "name": edge.name,
        "state": verdict.condition.value,
        "fault": verdict.fault.value if verdict.fault else None,
        "why": verdict.why,
        "hint": verdict.hint,
        "ports": ports,
        "values": dict(verdict.values),
    }
