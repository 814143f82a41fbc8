"""``inv report``: a run as one HTML file, to be attached to a ticket. It looks and changes nothing."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters import rendering
from edge_tasks.adapters.files import write_file
from edge_tasks.adapters.named_file import FileKind, has_mark
from edge_tasks.errors import BackendError, SettingsError
from edge_tasks.page.energy import Year
from edge_tasks.page.history import Track
from edge_tasks.page.snapshot import CHANNELS, SOC
from edge_tasks.page.static_files import STATIC
from edge_tasks.page.summary import ENERGIES, summarize
from edge_tasks.plan import counted
from edge_tasks.proof.energies import asked_for_energies
from edge_tasks.steps.energy_charts import year_charts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from edge_tasks.fleet.identity import Fleet
    from edge_tasks.fleet.record import BroughtUp
    from edge_tasks.output import Output, Progress
    from edge_tasks.page.snapshot import Figures
    from edge_tasks.page.summary import Line, Summary
    from edge_tasks.steps.energy_charts import Chart
    from edge_tasks.steps.fleet_view import FleetView
    from edge_tasks.steps.households import Household

_TITLES: Final = (
    *("grid W", "PV W", "consumption W", "battery W", "battery %"),
    *("produced kWh", "consumed kWh", "bought kWh", "sold kWh", "charged kWh", "discharged kWh"),
)
_STYLES: Final = ("uPlot.min.css", "bars.css")
_PAUSE_S: Final = 1.0
_FILE: Final = FileKind(
    "report of inv report", "report", {".html": has_mark(b'<meta name="generator" content="edge-tasks report">')}
)
_NOT_NOTED: Final = "It is not known when the edges came: an earlier version started them."


@dataclass(frozen=True)
class Report:
    """Watches the fleet for some seconds, then writes the report.

    Attributes:
        view: the fleet.
        seconds: how long it looks.
        path: the file.
        platform: whose fleet it is.
        template_digest: of the edges' template.
        brought_up: how the fleet was brought up last; None where nobody noted it.
        households: by the names of all edges.
        zones: the time zones of the people there, likewise.
        worded: puts the command that people type here in place of ``inv``.
    """

    view: FleetView
    fleet: Fleet
    seconds: int
    path: Path
    platform: Path
    template_digest: str
    brought_up: BroughtUp | None
    households: Mapping[str, Sequence[Household]]
    zones: Mapping[str, str]
    worded: Callable[[str], str]
    output: Output

    def run(self) -> None:
        """Watch the fleet, and write the report.

        Raises:
            SettingsError: the fleet is down, or the file has another ending or is somebody else's.
            NotWritable: the file cannot be written.
        """
        _FILE.check(self.path)
        if self.view.is_down:
            raise SettingsError("the fleet is down, so there is nothing to report", hint="inv up")
        with self.output.progress("report", self.seconds, "seconds watched") as progress:
            summary, track, looks = self._watch(progress)
        energies = self._energies()
        write_file(self.path, self.worded(self._text(summary, track, looks, energies)))
        self.output.document(report=str(self.path))
        size = self.path.stat().st_size / 1000
        self.output.line(
            f"{counted(len(summary.lines), 'edge')}, {counted(looks, 'look')}: {self.path} ({size:.0f} kB)"
        )

    def _watch(self, progress: Progress) -> tuple[Summary, Track, int]:
        runtime = self.view.runtime
        track = Track(self.seconds + 2)
        looks = 0
        deadline = time.monotonic() + self.seconds
        while True:
            verdicts = self.view.look([*CHANNELS, *ENERGIES])
            looks += 1
            since = {name: process.since for name, process in runtime.edges.processes().items()}
            summary = summarize(verdicts, since, self.brought_up["began"] if self.brought_up else 0.0)
            track.add(time.time(), summary.figures)
            left = deadline - time.monotonic()
            progress(min(self.seconds, round(self.seconds - left)))
            if left <= 0:
                return summary, track, looks
            time.sleep(min(_PAUSE_S, left))

    def _energies(self) -> list[Chart]:
        """Charts of the past; none where the backend cannot be asked, which the console says."""
        year = Year.until_now(self.zones.values())
        with self.output.progress("report", len(self.households), "edges asked for a year of energy") as progress:
            try:
                rest = asked_for_energies(self.view.runtime.backend.rest)
                return year_charts(rest, self.households, self.zones, year, progress)
            except BackendError as error:
                why = error.message
        self.output.line(f"! without a year of energy: {why}")
        return []

    def _text(self, summary: Summary, track: Track, looks: int, energies: Sequence[Chart]) -> str:
        at = _clock(time.time())
        times, *figures = track.columns
        runtime, brought_up = self.view.runtime, self.brought_up
        took_s = brought_up["ended"] - brought_up["began"] if brought_up else 0.0
        arrivals = summary.arrivals(took_s)
        return rendering.render(
            rendering.template("report.html.j2"),
            at=at,
            lines=[_shown(line, took_s) for line in summary.lines],
            ill=summary.ill,
            counts=summary.counts,
            titles=_TITLES,
            spans_nodes=summary.spans_nodes,
            sums=_cells(summary.figures, summary.energies),
            looks=looks,
            energies=energies,
            facts=(
                ("written", at),
                ("platform", str(self.platform)),
                ("fleet", _fleet(self.fleet)),
                ("runtime", f"{runtime.name}: {runtime.stands_for}"),
                ("edge template", self.template_digest[:12]),
                ("versions", f"edge-tasks {version('edge-tasks')}, Python {platform.python_version()}"),
            ),
            arrivals_note=arrivals.note(runtime.edges.since) if brought_up else _NOT_NOTED,
            brought_up=_bars(brought_up) if brought_up else None,
            data={
                "arrivals": arrivals.columns if brought_up else None,
                "power": [times, *figures[:4]],
                "charge": [times, figures[SOC]],
            },
            chart_style="\n".join((STATIC / name).read_text(encoding="utf-8") for name in _STYLES),
            chart_script=(STATIC / "uPlot.iife.min.js").read_text(encoding="utf-8"),
        )


def default_name() -> str:
    """The name of the file if none was given: with the time in UTC."""
    return f"edge-tasks-report-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.html"


def _fleet(fleet: Fleet) -> str:
    kinds = ((fleet.full, "edge"), (fleet.light, "light edge"))
    edges = " and ".join(counted(count, noun) for count, noun in kinds if count)
    return f"{edges}; {counted(fleet.reserve, 'row')} in reserve"


def _bars(brought_up: BroughtUp) -> dict[str, Any]:
    """The steps one after the other, each with its place on the line of time in percent."""
    took_s = brought_up["ended"] - brought_up["began"]
    whole = max(took_s, sum(step["seconds"] for step in brought_up["steps"]), 0.001)
    begins = 0.0
    steps = []
    for step in brought_up["steps"]:
        waits = [
            {**wait, **_place(begins + wait["begin"] - step["begin"], wait["seconds"], whole)}
            for wait in step.get("waits", ())  # an earlier version noted none
        ]
        steps.append({**step, **_place(begins, step["seconds"], whole), "waits": waits})
        begins += step["seconds"]
    return {"at": _clock(brought_up["began"]), "took_s": took_s, "steps": steps}


def _place(begins: float, seconds: float, whole: float) -> dict[str, float]:
    return {"left": 100 * begins / whole, "width": 100 * seconds / whole}


def _clock(seconds: float) -> str:
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(seconds))} UTC"


def _shown(line: Line, took_s: float) -> dict[str, Any]:
    return {**vars(line), "came": _came(line.came_s, took_s), "cells": _cells(line.figures, line.energies)}


def _came(came_s: float | None, took_s: float) -> str:
    if came_s is None:
        return "–"  # noqa: RUF001 - a dash for people
    return "before" if came_s <= 0 else "later" if came_s > took_s else f"{came_s:.1f}"


def _cells(figures: Figures, energies: Figures) -> list[str]:
    powers = [_text(value, "{:,.0f}") for value in figures]
    return [*powers, *(_text(None if value is None else value / 1000, "{:,.3f}") for value in energies)]


def _text(value: float | None, pattern: str) -> str:
    return "–" if value is None else pattern.format(value)  # noqa: RUF001 - as above
