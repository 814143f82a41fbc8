"""A run in figures, for the report: when the edges came, what they say, their energies with sums. No I/O."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.page.arrivals import arrivals_of
from edge_tasks.page.snapshot import CHANNELS, number, totals_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.page.arrivals import Arrivals
    from edge_tasks.page.snapshot import Figures
    from edge_tasks.proof.verdict import Verdict

ENERGIES: Final = (
    "_sum/ProductionActiveEnergy",
    "_sum/ConsumptionActiveEnergy",
    "_sum/GridBuyActiveEnergy",
    "_sum/GridSellActiveEnergy",
    "_sum/EssActiveChargeEnergy",
    "_sum/EssActiveDischargeEnergy",
)
"""Counters of the edges, in Wh; they begin where an edge's own counters began, not with the report."""


@dataclass(frozen=True)
class Line:
    """An edge in the table.

    Attributes:
        came_s: seconds from when the fleet began to be brought up until it was there, negative if it was there
            before; None when either is not known, or it is not online.
        figures: powers in W and the state of charge in percent, as in :data:`CHANNELS`.
        energies: in Wh, as in :data:`ENERGIES`.
        node: the machine of a Swarm on which it runs; empty elsewhere.
    """

    name: str
    state: str
    why: str
    hint: str
    came_s: float | None
    figures: Figures
    energies: Figures
    node: str = ""


@dataclass(frozen=True)
class Summary:
    """All edges, and what they are together."""

    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many edges are in each state."""
        return dict(Counter(line.state for line in self.lines))

    @property
    def ill(self) -> tuple[Line, ...]:
        """The lines of edges that are not online, which have a reason."""
        return tuple(line for line in self.lines if line.why)

    @property
    def spans_nodes(self) -> bool:
        """Whether the edges run on nodes of a Swarm."""
        return any(line.node for line in self.lines)

    @property
    def figures(self) -> Figures:
        """The sums, and the mean state of charge."""
        return totals_of([line.figures for line in self.lines])

    @property
    def energies(self) -> Figures:
        """The sums; None if no edge reports any."""
        told = [[value for value in column if value is not None] for column in self._energy_columns]
        return tuple(sum(column) if column else None for column in told)

    def arrivals(self, took_s: float) -> Arrivals:
        """When the edges that are online came; ``took_s`` is how long it took to bring the fleet up."""
        return arrivals_of((line.came_s for line in self.lines if line.came_s is not None), took_s)

    @property
    def _energy_columns(self) -> list[list[float | None]]:
        return [[line.energies[place] for line in self.lines] for place in range(len(ENERGIES))]


def summarize(verdicts: Sequence[Verdict], since: Mapping[str, float], began: float) -> Summary:
    """A look as a summary.

    Args:
        verdicts: of the look.
        since: when each edge came, seconds since 1970, by name; 0 where it is not known.
        began: when the fleet began to be brought up, seconds since 1970; 0 where it is not known.
    """
    return Summary(tuple(_line(verdict, since.get(verdict.name, 0.0), began) for verdict in verdicts))


def _line(verdict: Verdict, since: float, began: float) -> Line:
    came = round(since - began, 2) if verdict.is_well and since and began else None
    values = verdict.values
    return Line(
        verdict.name,
        verdict.state.value,
        verdict.why,
        verdict.hint,
        came,
        tuple(number(values.get(channel)) for channel in CHANNELS),
        tuple(number(values.get(channel)) for channel in ENERGIES),
        verdict.node,
    )
