"""``inv households``: every consumption meter of the fleet, as a billing engine imports it. Nothing need run."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import write_file
from edge_tasks.adapters.named_file import FileKind, has_titles
from edge_tasks.openems.households import ConsumptionMeter, consumption_meters, not_aggregated
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from edge_tasks.checkout.blueprints import Blueprints
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.output import Output

ENDING: Final = ".csv"
_MOST_ROWS: Final = 24


@dataclass(frozen=True)
class Household:
    """A consumption meter of an edge: its fields are the columns of the file.

    Attributes:
        edge: e.g. ``edge3``.
        meter: e.g. ``meter4``.
        alias: for people.
        channel: to be billed, in Wh.
        group: of the edge; empty in a fleet without groups.
        zone: the IANA time zone of the people there.
    """

    edge: str
    meter: str
    alias: str
    channel: str
    group: str
    zone: str


TITLES: Final = tuple(field.name for field in fields(Household))
_FILE: Final = FileKind(
    "list of inv households",
    "households",
    {ENDING: has_titles(TITLES)},
    "; for JSON: inv households --json > FILE.json",
)


def find_households(
    edges: Iterable[Edge], blueprints: Blueprints
) -> Iterator[tuple[Household, ConsumptionMeter]]:
    """All consumption meters of these edges, edge by edge."""
    meters = {id(one): consumption_meters(one.template.components) for one in blueprints.each}
    for edge in edges:
        made = blueprints.of(edge)
        for meter in meters[id(made)]:
            yield (
                Household(edge.name, meter.id, meter.alias, meter.channel, made.group.name, made.group.zone),
                meter,
            )


def households_by_edge(edges: Iterable[Edge], blueprints: Blueprints) -> dict[str, list[Household]]:
    """The consumption meters of each edge, also of one without any."""
    edges = tuple(edges)
    found: dict[str, list[Household]] = {edge.name: [] for edge in edges}
    for one, _ in find_households(edges, blueprints):
        found[one.edge].append(one)
    return found


@dataclass(frozen=True)
class Households:
    """Lists them.

    Attributes:
        edges: whose.
        blueprints: what these are made of.
        path: the file to be written instead of a table; None for none.
        is_whole: all rows are shown, however many there are.
    """

    edges: Sequence[Edge]
    blueprints: Blueprints
    path: Path | None
    output: Output
    is_whole: bool = False

    def run(self) -> None:
        """Show the table or write the file, and fill the document.

        Raises:
            SettingsError: the name of the file does not end in ``.csv``, or the file is somebody else's.
            NotWritable: the file cannot be written.
        """
        if self.path:
            _FILE.check(self.path)
        found = list(find_households(self.edges, self.blueprints))
        self.output.document(
            households=[{**asdict(one), "aggregated_since": meter.aggregated_since} for one, meter in found]
        )
        if not self.path:
            self._show([one for one, _ in found])
        for sentence in not_aggregated(meter for _, meter in found):
            self.output.line(f"! {sentence}")
        if self.path:
            write_file(self.path, _text(one for one, _ in found))
            self.output.line(f"{counted(len(found), 'consumption meter')}: {self.path}")

    def _show(self, found: Sequence[Household]) -> None:
        shown = found if self.is_whole else found[:_MOST_ROWS]
        titles = [title for title in TITLES if title not in ("group", "zone") or self._has_groups]
        if shown:
            self.output.table(titles, [[getattr(one, title) for title in titles] for one in shown])
        if rest := len(found) - len(shown):
            self.output.line(f"and {rest} more: all with --output FILE{ENDING} or --json, or some with --edge")
        self.output.line(f"{counted(len(found), 'consumption meter')} of {counted(len(self.edges), 'edge')}")

    @property
    def _has_groups(self) -> bool:
        return any(one.group.name for one in self.blueprints.each)


def _text(found: Iterable[Household]) -> str:
    text = io.StringIO()
    rows = csv.DictWriter(text, TITLES, lineterminator="\n")
    rows.writeheader()
    rows.writerows(map(asdict, found))
    return text.getvalue()
