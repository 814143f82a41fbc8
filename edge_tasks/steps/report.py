"""``inv report``: a run as one HTML file, to be attached to a ticket. It looks and changes nothing."""

from __future__ import annotations

import platform
import time
from bisect import bisect_right
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters import rendering
from edge_tasks.adapters.files import write_file
from edge_tasks.cli.settings import Setting
from edge_tasks.errors import SettingsError
from edge_tasks.page.history import Track
from edge_tasks.page.server import STATIC
from edge_tasks.page.snapshot import CHANNELS
from edge_tasks.page.summary import ENERGIES, quantile, summarize
from edge_tasks.steps.verify import look

if TYPE_CHECKING:
    from edge_tasks.cli.console import Told
    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.identity import Fleet
    from edge_tasks.page.snapshot import Figures
    from edge_tasks.page.summary import Line, Summary

_SECONDS: Final = Setting("seconds", 5, lowest=0, highest=86_400)
_TITLES: Final = (
    *("grid W", "PV W", "consumption W", "battery W", "battery %"),
    *("produced kWh", "consumed kWh", "bought kWh", "sold kWh", "charged kWh", "discharged kWh"),
)
_PAUSE_S: Final = 1.0


def run(session: Session) -> None:
    """Look for some seconds, then write.

    Raises:
        SettingsError: there is no fleet, or it is down.
        NotWritable: the file cannot be written.
    """
    if session.saved is None:
        raise SettingsError(f"there is no fleet in {session.platform.path}", hint="inv setup --edges 3")
    if not session.runtime.database_is_ready:
        raise SettingsError("the fleet is down: there is nothing to report of", hint="inv up")
    typed = session.options.get("seconds")
    seconds = int(_SECONDS.checked(typed or _SECONDS.default, "--seconds"))
    with session.console.progress("report", seconds, "seconds watched") as told:
        summary, track, looks = _watch(session, seconds, told)
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    default = f"edge-tasks-report-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.html"
    path = Path.cwd() / Path(session.options.get("output") or default).expanduser()
    write_file(path, session.console.worded(_document(session, summary, track, looks, f"{at} UTC")))
    session.console.document(report=str(path))
    session.console.line(
        f"{len(summary.lines)} edges, {looks} looks: {path} ({path.stat().st_size / 1000:.0f} kB)"
    )


def _watch(session: Session, seconds: int, told: Told) -> tuple[Summary, Track, int]:
    track = Track(seconds + 2)
    looks = 0
    deadline = time.monotonic() + seconds
    while True:
        verdicts = look(session, channels=[*CHANNELS, *ENERGIES])
        looks += 1
        since = {name: process.since for name, process in session.runtime.processes().items()}
        summary = summarize(verdicts, since, session.runtime.backend_started())
        track.add(time.time(), summary.figures)
        left = deadline - time.monotonic()
        told(min(seconds, round(seconds - left)))
        if left <= 0:
            return summary, track, looks
        time.sleep(min(_PAUSE_S, left))


def _document(session: Session, summary: Summary, track: Track, looks: int, at: str) -> str:
    arrivals = summary.arrivals
    times, *figures = track.columns
    runtime = session.runtime
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
            ("platform", str(session.platform.path)),
            ("fleet", _fleet(session.fleet)),
            ("runtime", f"{runtime.name}: {runtime.stands_for}"),
            ("edge template", session.template.digest[:12]),
            ("versions", f"edge-tasks {version('edge-tasks')}, Python {platform.python_version()}"),
        ),
        arrivals_note=_arrivals_note(arrivals, runtime.name),
        data={"arrivals": _steps(arrivals), "power": [times, *figures[:4]]},
        chart_style=(STATIC / "uPlot.min.css").read_text(),
        chart_script=(STATIC / "uPlot.iife.min.js").read_text(),
    )


def _fleet(fleet: Fleet) -> str:
    return f"{fleet.full} edges and {fleet.light} light ones; {fleet.reserve} rows in reserve"


def _arrivals_note(arrivals: list[float], runtime: str) -> str:
    if not arrivals:
        return "Nothing is known of when the edges came."
    half, most, last = (quantile(arrivals, share) for share in (0.5, 0.9, 1.0))
    what = "its present connection was made" if runtime == "embedded" else "its container was started"
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
