"""What one look at the fleet found, as the page gets it: everything at first, then only what has changed. No I/O.

A row goes over the wire as ``[state, why, hint, heard, [grid, pv, consumption, battery, soc], node]``: powers in
W (grid: positive is drawn, negative is fed in; battery: positive is discharged), state of charge in percent,
``heard`` in seconds since 1970, ``node`` empty outside of a Swarm. None stands for everything that was not told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from edge_tasks.proof.verdict import Verdict

Figures: TypeAlias = "tuple[float | None, ...]"

CHANNELS: Final = (
    "_sum/GridActivePower",
    "_sum/ProductionActivePower",
    "_sum/ConsumptionActivePower",
    "_sum/EssActivePower",
    "_sum/EssSoc",
)
SOC: Final = 4
"""The place of the state of charge: of a fleet it is a mean, the others are sums."""
_SAME_MOMENT_S: Final = 2.0
"""The age of a message is asked in one moment and dated in another; less than this is no news."""


@dataclass(frozen=True)
class Row:
    """What was seen of one edge.

    Attributes:
        heard: when the backend last noted a message of it (it notes every 30 s).
        figures: in the order of :data:`CHANNELS`.
        node: the machine of a Swarm on which it runs; empty elsewhere.
    """

    state: str
    why: str
    hint: str
    heard: float | None
    figures: Figures
    node: str = ""

    @property
    def wire(self) -> list[Any]:
        """The row as the page gets it."""
        return [self.state, self.why, self.hint, self.heard, self.figures, self.node]


@dataclass(frozen=True)
class Snapshot:
    """What one look found.

    Attributes:
        at: when the answers were there, seconds since 1970.
        took_s: how long they took.
        problem: why nothing could be asked; empty when it could. There are then no figures.
        hint: what to type then.
        about: what does not change from look to look: platform, runtime, what is real.
        rows: by name, in the fleet's order.
        looked: False only before the first look is finished.
    """

    at: float
    took_s: float = 0.0
    problem: str = ""
    hint: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Row] = field(default_factory=dict)
    looked: bool = True

    @property
    def counts(self) -> dict[str, int]:
        """How many edges are in each state."""
        return dict(Counter(row.state for row in self.rows.values()))

    @property
    def totals(self) -> Figures:
        """Sums of what the edges report, the mean of their states of charge; None where none reports."""
        return totals_of([row.figures for row in self.rows.values()])

    @property
    def reporting(self) -> int:
        """How many edges the totals are of."""
        return sum(any(value is not None for value in row.figures) for row in self.rows.values())


def rows_of(verdicts: Iterable[Verdict], at: float, before: Mapping[str, Row]) -> dict[str, Row]:
    """The rows of a look; ``before`` are those of the last."""
    return {verdict.name: _row(verdict, at, before.get(verdict.name)) for verdict in verdicts}


def whole(snapshot: Snapshot) -> dict[str, Any]:
    """All of it, for a page that has just come."""
    edges = {name: row.wire for name, row in snapshot.rows.items()}
    return {"type": "whole", **_head(snapshot), "about": dict(snapshot.about), "edges": edges}


def news(old: Snapshot, new: Snapshot) -> dict[str, Any]:
    """What a page that knows ``old`` needs to know ``new``."""
    if old.about != new.about or list(old.rows) != list(new.rows):
        return whole(new)
    edges = {name: row.wire for name, row in new.rows.items() if row != old.rows[name]}
    return {"type": "news", **_head(new), "edges": edges}


def _head(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "at": round(snapshot.at, 2),
        "took": round(snapshot.took_s, 3),
        "looked": snapshot.looked,
        "problem": snapshot.problem,
        "hint": snapshot.hint,
        "totals": snapshot.totals,
        "reporting": snapshot.reporting,
    }


def _row(verdict: Verdict, at: float, before: Row | None) -> Row:
    heard = None if verdict.message_age_s is None else round(at - verdict.message_age_s, 1)
    known = before.heard if before else None
    if heard is not None and known is not None and abs(heard - known) < _SAME_MOMENT_S:
        heard = known
    figures = tuple(number(verdict.values.get(channel)) for channel in CHANNELS)
    return Row(verdict.state.value, verdict.why, verdict.hint, heard, figures, verdict.node)


def totals_of(figures: Collection[Figures]) -> Figures:
    """The sums, and the mean state of charge; None if no edge reports a value."""
    return tuple(_total(place, figures) for place in range(len(CHANNELS)))


def number(value: object) -> float | None:
    """A channel's value when it is a number."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _total(place: int, figures: Iterable[Figures]) -> float | None:
    told = [value for one in figures if (value := one[place]) is not None]
    if not told:
        return None
    return round(sum(told) / len(told), 1) if place == SOC else sum(told)
