"""``inv report``: a run as one HTML file, to be attached to a ticket. It looks and changes nothing."""

from __future__ import annotations

import platform
import time
from bisect import bisect_right
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters import rendering
from edge_tasks.adapters.files import write_file
from edge_tasks.errors import SettingsError
from edge_tasks.page.history import Track
from edge_tasks.page.server import STATIC
from edge_tasks.page.snapshot import CHANNELS
from edge_tasks.page.summary import ENERGIES, quantile, summarize
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edge_tasks.fleet.identity import Fleet
    from edge_tasks.output import Output, Progress
    from edge_tasks.page.snapshot import Figures
    from edge_tasks.page.summary import Line, Summary
    from edge_tasks.steps.fleet_view import FleetView

_TITLES: Final = (
    *("grid W", "PV W", "consumption W", "battery W", "battery %"),
    *("produced kWh", "consumed kWh", "bought kWh", "sold kWh", "charged kWh", "discharged kWh"),
)
_PAUSE_S: Final = 1.0


@dataclass(frozen=True)
class Report:
    """Watches the fleet for some seconds, then writes the report.

    Attributes:
        view: the fleet.
        seconds: how long it looks.
        path: the file.
        platform: whose fleet it is.
        template_digest: of the edges' template.
        worded: puts the command that people type here in place of ``inv``.
    """

    view: FleetView
    fleet: Fleet
    seconds: int
    path: Path
    platform: Path
    template_digest: str
    worded: Callable[[str], str]
    output: Output

    def run(self) -> None:
        """Watch the fleet, and write the report.

        Raises:
            SettingsError: the fleet is down.
            NotWritable: the file cannot be written.
        """
        if self.view.is_down:
            raise SettingsError("the fleet is down, so there is nothing to report", hint="inv up")
        with self.output.progress("report", self.seconds, "seconds watched") as progress:
            summary, track, looks = self._watch(progress)
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
        write_file(self.path, self.worded(self._text(summary, track, looks, f"{at} UTC")))
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
            summary = summarize(verdicts, since, runtime.backend.started())
            track.add(time.time(), summary.figures)
            left = deadline - time.monotonic()
            progress(min(self.seconds, round(self.seconds - left)))
            if left <= 0:
                return summary, track, looks
            time.sleep(min(_PAUSE_S, left))

    def _text(self, summary: Summary, track: Track, looks: int, at: str) -> str:
        times, *figures = track.columns
        runtime = self.view.runtime
        return rendering.render(
            rendering.template("report.html.j2"),
            at=at,
            lines=[_shown(line) for line in summary.lines],
            ill=summary.ill,
            counts=summary.counts,
            titles=_TITLES,
            sums=_cells(summary.figures, summary.energies),
            looks=looks,
            facts=(
                ("written", at),
                ("platform", str(self.platform)),
                ("fleet", _fleet(self.fleet)),
                ("runtime", f"{runtime.name}: {runtime.stands_for}"),
                ("edge template", self.template_digest[:12]),
                ("versions", f"edge-tasks {version('edge-tasks')}, Python {platform.python_version()}"),
            ),
            arrivals_note=_arrivals_note(summary.arrivals, runtime.edges.since),
            data={"arrivals": _steps(summary.arrivals), "power": [times, *figures[:4]]},
            chart_style=(STATIC / "uPlot.min.css").read_text(encoding="utf-8"),
            chart_script=(STATIC / "uPlot.iife.min.js").read_text(encoding="utf-8"),
        )


def default_name() -> str:
    """The name of the file if none was given: with the time in UTC."""
    return f"edge-tasks-report-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.html"


def _fleet(fleet: Fleet) -> str:
    return (
        f"{counted(fleet.full, 'edge')} and {counted(fleet.light, 'light edge')};"
        f" {counted(fleet.reserve, 'row')} in reserve"
    )


def _arrivals_note(arrivals: list[float], what: str) -> str:
    if not arrivals:
        return "It is not known when the edges connected."
    half, most, last = (quantile(arrivals, share) for share in (0.5, 0.9, 1.0))
    return (
        f"An edge counts from when {what}, in seconds after the backend's start: half of {len(arrivals)} within"
        f" {half:.1f} s, nine of ten within {most:.1f} s, the last after {last:.1f} s."
    )


def _steps(arrivals: list[float]) -> list[list[float]]:
    times = sorted({0.0, *arrivals})
    return [times, [bisect_right(arrivals, at) for at in times]]


def _shown(line: Line) -> dict[str, Any]:
    came = "–" if line.came_s is None else f"{line.came_s:.1f}"  # noqa: RUF001 - a dash for people
    return {**vars(line), "came": came, "cells": _cells(line.figures, line.energies)}


def _cells(figures: Figures, energies: Figures) -> list[str]:
    powers = [_text(value, "{:,.0f}") for value in figures]
    return [*powers, *(_text(None if value is None else value / 1000, "{:,.3f}") for value in energies)]


def _text(value: float | None, pattern: str) -> str:
    return "–" if value is None else pattern.format(value)  # noqa: RUF001 - as above
