"""What became of edges at a backend elsewhere: for people in HTML and in lines, for programs in JSON."""

from __future__ import annotations

import json
import platform
import time
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters import rendering
from edge_tasks.adapters.files import write_file
from edge_tasks.page.static_files import STATIC
from edge_tasks.plan import counted
from edge_tasks.proof.acceptance import percent
from edge_tasks.proof.availability import connected_over_time, percentile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edge_tasks.output import Output
    from edge_tasks.proof.acceptance import Refusal
    from edge_tasks.proof.availability import Uptime
    from edge_tasks.steps.attach_report_files import AttachReportFiles
    from edge_tasks.steps.attached_proof import AttachedProof

_PERCENTS: Final = (50, 95, 99)
_MOST_POINTS: Final = 2000
_MOST_ROWS: Final = 20


@dataclass(frozen=True)
class Run:
    """A run that has ended.

    Attributes:
        uri: of the backend.
        began: seconds since 1970.
        clock_began: the same moment, by the clock of the edges' events.
        seconds: how long it took.
        edges: what became of each.
        counters: what the light edges have counted, some seconds before the end.
        least: the share of its time in which each edge must have been connected.
        proof: what the backend said; None if it was not asked.
        is_whole: it was not ended before its time.
    """

    uri: str
    began: float
    clock_began: float
    seconds: float
    edges: Sequence[Uptime]
    counters: Mapping[str, int]
    least: float
    proof: AttachedProof | None
    is_whole: bool

    @cached_property
    def reconnects(self) -> list[float]:
        """All reconnects, in seconds, ascending."""
        return sorted(seconds for one in self.edges for seconds in one.reconnects)

    @cached_property
    def answers(self) -> list[float]:
        """How long the backend took for the first requests, in seconds, ascending."""
        return sorted(seconds for one in self.edges for seconds in one.answers)

    @cached_property
    def pings(self) -> list[float]:
        """How long it took for pings, in seconds, ascending."""
        return sorted(seconds for one in self.edges for seconds in one.pings)

    @property
    def availability(self) -> float:
        """The share of the time of all edges in which they were connected."""
        time_s = sum(one.time.seconds for one in self.edges if one.time is not None)
        return sum(one.connected_s for one in self.edges) / time_s if time_s else 0.0

    @property
    def worst(self) -> list[Uptime]:
        """All edges, those with the least availability first."""
        return sorted(self.edges, key=lambda one: one.availability)

    @property
    def longest_gap(self) -> float:
        """The most seconds in a row that an edge had no connection."""
        return max((one.longest_gap.seconds for one in self.edges if one.longest_gap), default=0.0)

    def gap_of(self, one: Uptime) -> tuple[float, float] | None:
        """How long an edge's longest gap was, and how many seconds after the run's beginning it began."""
        gap = one.longest_gap
        return None if gap is None else (round(gap.seconds, 3), self.since_began(gap.begin))

    def since_began(self, at: float) -> float:
        """A moment in seconds since the run began; 0 for the first edges, which begin just before it."""
        return round(max(0.0, at - self.clock_began), 3)

    def document(self) -> dict[str, Any]:
        """The report for programs; see the schema of the documents."""
        return {
            "backend": self.uri,
            "began": _clock(self.began),
            "seconds": round(self.seconds, 3),
            "whole": self.is_whole,
            "min_availability": round(100 * self.least, 4),
            "availability": _rounded(self.availability),
            "longest_gap_s": round(self.longest_gap, 3),
            "reconnects": _spread(self.reconnects),
            "answers": _spread(self.answers),
            "pings": _spread(self.pings),
            **self.counters,
            "edges": [self._edge(one) for one in self.edges],
            "proof": self._proof,
        }

    def _edge(self, one: Uptime) -> dict[str, Any]:
        length, begin = self.gap_of(one) or (0.0, None)
        return {
            "name": one.edge,
            "availability": _rounded(one.availability),
            "connects": len(one.connections),
            "connected": one.is_connected,
            "refused": one.refused,
            "longest_gap_s": length,
            "longest_gap_began_s": begin,
            "why": "" if one.is_connected else one.why,
        }

    @property
    def _proof(self) -> dict[str, Any] | None:
        if self.proof is None:
            return None
        found = self.proof
        return {
            "rest": found.api.rest,
            "looks": found.looks,
            "unanswered": found.unanswered,
            "online": found.online,
            "not_online": found.not_online,
        }


@dataclass(frozen=True)
class AttachReport:
    """Writes both files, and prints what matters most."""

    files: AttachReportFiles
    output: Output

    def write(self, run: Run, refusal: Refusal | None) -> None:
        """Write and print it.

        Args:
            run: that has ended.
            refusal: why it is not accepted; None if it is.

        Raises:
            NotWritable: a file cannot be written.
        """
        document, files = run.document(), self.files
        self.output.document(attach=document)
        self._show(run)
        write_file(files.document, json.dumps(document, indent=1) + "\n")
        write_file(files.page, _page(run, refusal))
        self.output.line(f"report    {files.page}, {files.document.name}", 10)

    def _show(self, run: Run) -> None:
        ill = [one for one in run.worst if one.availability < run.least or one.refused]
        if ill:
            rows = [[one.edge, percent(one.availability), _gap(run, one), one.why] for one in ill[:_MOST_ROWS]]
            self.output.table(("edge", "availability", "longest gap", "why"), rows)
        for line in _lines(run):
            self.output.line(line, 10)


def default_name() -> str:
    """The name of the HTML file if none was given: with the time in UTC."""
    return f"edge-tasks-attach-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.html"


def _lines(run: Run) -> Iterable[str]:
    """The figures that matter most, for people."""
    early = "" if run.is_whole else ", ended before its time"
    yield f"edges     {len(run.edges):,} at {run.uri} for {run.seconds:.0f} s{early}"
    if run.edges:
        worst = run.worst[0]
        yield f"connected {percent(run.availability)}; the least {worst.edge}, {percent(worst.availability)}"
    yield f"away      {_told(run.reconnects, 'reconnect', 1, 's')}; the longest gap {run.longest_gap:.2f} s"
    yield f"answers   {_told(run.answers, 'first request', 1000, 'ms')}"
    if run.pings:
        yield f"pings     {_told(run.pings, 'ping', 1000, 'ms')}"
    if (cycles := run.counters["cycles"]) and (late := run.counters["late_cycles"]):
        yield f"late      {late:,} of {cycles:,} cycles: this machine was busy"
    if found := run.proof:
        yield f"proof     {_said(found, len(run.edges))}"


def _said(found: AttachedProof, edges: int) -> str:
    unanswered = f", {found.unanswered:,} without an answer" if found.unanswered else ""
    looks = f"({counted(found.looks + found.unanswered, 'look')}{unanswered})"
    if found.online is None:
        return f"the backend did not answer at the end {looks}"
    return f"{found.online:,} of {edges:,} online, says the backend {looks}"


def _told(seconds: Sequence[float], noun: str, factor: int, unit: str) -> str:
    spread = ", ".join(
        f"p{percent} {factor * value:.2f} {unit}"
        for percent in _PERCENTS
        if (value := percentile(seconds, percent)) is not None
    )
    return f"{len(seconds):,} {noun}{'' if len(seconds) == 1 else 's'}{': ' if spread else ''}{spread}"


def _spread(seconds: Sequence[float]) -> dict[str, float | int | None]:
    found = {f"p{percent}_s": percentile(seconds, percent) for percent in _PERCENTS}
    return {"count": len(seconds), **{name: value and round(value, 6) for name, value in found.items()}}


def _rounded(share: float) -> float:
    """A share in percent, rounded."""
    return round(100 * share, 5)


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _gap(run: Run, one: Uptime) -> str:
    """The longest gap for people: ``2.50 s, at 331 s``."""
    found = run.gap_of(one)
    return "" if found is None else f"{found[0]:.2f} s, at {found[1]:.0f} s"


def _page(run: Run, refusal: Refusal | None) -> str:
    points = connected_over_time(run.edges, _MOST_POINTS)
    ends = [(0.0, 0), *((run.since_began(at), count) for at, count in points)]
    return rendering.render(
        rendering.template("attach.html.j2"),
        count=len(run.edges),
        availability=percent(run.availability),
        outcome="not accepted" if refusal else "accepted" if run.is_whole else "ended before its time",
        refusal=refusal,
        facts=(
            ("backend", run.uri),
            ("began", _clock(run.began)),
            *(tuple(line.split(None, 1)) for line in _lines(run)),
            ("messages", f"{run.counters['messages']:,}, {run.counters['bytes'] / 1_000_000:,.1f} MB"),
            ("demanded", f"{percent(run.least)} of each edge"),
            ("versions", f"edge-tasks {version('edge-tasks')}, Python {platform.python_version()}"),
        ),
        lines=[
            {
                "edge": one.edge,
                "availability": percent(one.availability),
                "is_ill": one.availability < run.least or one.refused,
                "connects": len(one.connections),
                "gap": _gap(run, one),
                "said": "refused" if one.refused else "" if one.is_connected else one.why or "not tried",
            }
            for one in run.worst
        ],
        data=[list(column) for column in zip(*ends, strict=True)],
        chart_style=(STATIC / "uPlot.min.css").read_text(encoding="utf-8"),
        chart_script=(STATIC / "uPlot.iife.min.js").read_text(encoding="utf-8"),
    )
