"""The light edges' figures, both sides in one run; ``--write`` renews their part of the docs.

``nox -s bench_light`` measures all of it, which takes some 25 minutes; ``nox -s bench_light -- soak --minutes 2
--edges 1000`` one part: ``startup``, ``memory``, ``soak`` (with ``energy``), ``restart``, ``cpu`` or
``households``.
"""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import light_cpu, light_households, light_parts
from bench.figures_page import renew
from bench.light_fleet import fleet, machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.light_cpu import Cost
    from bench.light_fleet import Stand
    from bench.light_parts import Memory, Restart, Soak

BEGIN, END = "<!-- light: written by bench/light.py -->", "<!-- end of light -->"
PARTS = ("startup", "memory", "soak", "restart", "cpu", "households")
EDGES = 10_000
FEW = 1_000
MINUTES = 10.0
PROFILE = "household"
JVM = (152, 190)
"""MiB of an edge's container, as measured on the real platform (see there)."""
CPU_EDGES = 2_500
KIB, MIB = 1024, 1024 * 1024
_ALL_WITHIN = 60
_MEMORY_GOAL, _RATIO_GOAL, _CPU_GOAL, _ON_TIME_GOAL, _FLAT = 30, 5000, 1.5, 0.99, 1.05


@dataclass(frozen=True)
class Figure:
    """A line of the table."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """As printed."""
        return self.what, self.measured, self.goal, {None: "", True: "yes", False: "**no**"}[self.met]


def startup_figure(edges: int, seconds: float) -> Figure:
    """From nothing."""
    what = f"{edges:,} edges from nothing to all verified online, registration included"
    if edges < EDGES:
        return Figure(what, f"{seconds:.1f} s")
    return Figure(what, f"{seconds:.1f} s", f"≤ {_ALL_WITHIN} s", seconds <= _ALL_WITHIN)


def memory_figures(found: Memory, edges: int) -> Iterator[Figure]:
    """Of an edge, and against a JVM."""
    whole, more = found.whole / KIB, found.more / KIB
    yield Figure(
        f"memory of an edge, {edges:,} connected and after their full sets: PSS of all {found.processes} host"
        " processes, divided",
        f"{whole:.1f} KiB",
        f"≤ {_MEMORY_GOAL} KiB",
        whole <= _MEMORY_GOAL,
    )
    yield Figure("of it, beyond the same processes without edges", f"{more:.1f} KiB")
    ratios = [mebibytes * KIB / whole for mebibytes in JVM]
    yield Figure(
        f"a real edge's container ({JVM[0]} to {JVM[1]} MiB, see [the real platform](#the-real-platform)) has as"
        " much as so many of them",
        f"{ratios[0]:,.0f} to {ratios[1]:,.0f}",
        f"≥ {_RATIO_GOAL:,}",
        ratios[0] >= _RATIO_GOAL,
    )


def soak_figures(found: Soak, edges: int) -> Iterator[Figure]:
    """Time, memory, messages, energy."""
    of = f"{edges:,} edges, 1 s cycle, {found.minutes:g} minutes"
    share = found.on_time
    yield Figure(
        f"{of}: cycles on time, of {found.cycles:,.0f}",
        f"{100 * share:.2f} %; the latest {1000 * found.lag:.0f} ms late",
        "≥ 99 %",
        share >= _ON_TIME_GOAL,
    )
    for side, used in (("hosts", found.hosts), ("stand-in backend", found.backend)):
        text = " → ".join(f"{value / MIB:.0f}" for value in used)
        what = f"the same: memory of the {side} at the start, in the middle, at the end"
        yield Figure(what, f"{text} MiB", "flat", used[-1] <= _FLAT * used[0])
    yield Figure(
        f"the same: messages sent, received, each counted at its end once the edges were stopped"
        f" ({found.rate:,.0f} a second of {found.size:.0f} bytes while it ran)",
        f"{found.sent:,.0f}, {found.received:,.0f}",
        "equal",
        found.sent == found.received,
    )
    text = f"{100 * found.host_cpu:.0f} %, {100 * found.backend_cpu:.0f} % of a core"
    yield Figure("the same: CPU of the hosts, of the stand-in backend", text)
    energy = found.energy
    yield Figure(
        "energy at the end, over REST: edges whose meters' counters all equal the integral of their profile to"
        " the last Wh, and whose battery and grid make up the rest",
        f"{energy.right:,} of {energy.edges:,}",
        "all",
        energy.right == energy.edges,
    )


def restart_figures(found: Restart, edges: int) -> Iterator[Figure]:
    """Time, peak, evenness."""
    what = f"stand-in backend killed and started again with {edges:,} connected: all online again after"
    yield Figure(what, f"{found.seconds:.1f} s")
    what = "the same: most connects in a second; the middle nine tenths of the edges came within"
    yield Figure(what, f"{found.peak:,.0f}; {found.spread:.1f} s")


def cpu_figure(found: Cost) -> Figure:
    """Against the bare loop."""
    return Figure(
        f"CPU time of a host a message ({found.edges:,} edges in a process, {found.size:.0f} bytes on average),"
        " against a bare loop that at the same time sends what was recorded of it with the same library"
        f" ({found.bare_size:.0f} bytes)",
        f"{found.host:.1f} µs against {found.bare:.1f} µs: {found.ratio:.2f} times",
        f"≤ {_CPU_GOAL:g} times",
        found.ratio <= _CPU_GOAL,
    )


def household_figures(
    without: light_households.Cost, more: light_households.Cost, edges: int
) -> Iterator[Figure]:
    """Against the same fleet without households."""
    of = f"{edges:,} edges with {light_households.HOUSEHOLDS} households each, against the same without"
    yield Figure(
        f"{of}: memory of an edge", f"{more.memory / KIB:.1f} KiB against {without.memory / KIB:.1f} KiB"
    )
    yield Figure(
        f"{of}: CPU time of the hosts a cycle, bytes that it sends",
        f"{more.cpu:.1f} µs, {more.size:.0f} against {without.cpu:.1f} µs, {without.size:.0f}",
    )


def measure(parts: set[str], edges: int, minutes: float, profile: str) -> Iterator[Figure]:
    """These parts; those that need a fleet share one."""
    if "startup" in parts and edges > FEW:
        with fleet(FEW, "--profile", profile) as stand:
            yield startup_figure(FEW, stand.setup)
    if parts - {"cpu", "households"}:
        with fleet(edges, "--profile", profile) as stand:
            yield from _with_fleet(stand, parts, minutes)
    if "cpu" in parts:
        yield cpu_figure(light_cpu.measure(min(edges, CPU_EDGES)))
    if "households" in parts:
        yield from household_figures(*light_households.measure(min(edges, FEW), profile), min(edges, FEW))


def _with_fleet(stand: Stand, parts: set[str], minutes: float) -> Iterator[Figure]:
    if "startup" in parts:
        yield startup_figure(stand.edges, stand.setup)
    if "memory" in parts:
        yield from memory_figures(light_parts.memory(stand), stand.edges)
    if "soak" in parts:
        found = light_parts.soak(stand, minutes)
        print(found.energy.wrong or "every counter is right")
        yield from soak_figures(found, stand.edges)
    if "restart" in parts:
        yield from restart_figures(light_parts.restart(stand), stand.edges)


def section(figures: list[Figure]) -> str:
    """Our part of docs/benchmarks.md."""
    titles = ("figure", "measured", "goal", "met")
    method = (
        f"Written by `nox -s bench_light -- --write` on {machine()}, embedded runtime, stock template,"
        f" profile `{PROFILE}`, all sides on the same cores. Shared pages count once (PSS). Host and bare loop"
        f" send at the same time to a sink in a process of its own, {light_cpu.ROUNDS} rounds of"
        f" {light_cpu.SECONDS} s, medians; all else is measured once. Messages, cycles, connects are the"
        " [metrics](reference/metrics.md) of both sides."
    )
    rows = ["| " + " | ".join(cells) + " |" for cells in (titles, ("---",) * 4, *(one.cells for one in figures))]
    return "\n".join((BEGIN, "", method, "", *rows, "", END))


def main() -> None:
    """Measure, print, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; without any, all")
    parser.add_argument("--edges", type=int, default=EDGES)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of the soak")
    parser.add_argument("--profile", default=PROFILE, help="of the edges; constant: the template's constants")
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(unknown)}")
    if chosen.write and (chosen.parts or chosen.edges != EDGES or chosen.profile != PROFILE):
        parser.error(f"--write wants all parts, with {EDGES} edges of the profile {PROFILE}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and the fleet is taken down
    figures = []
    for figure in measure(set(chosen.parts or PARTS), chosen.edges, chosen.minutes, chosen.profile):
        print(" | ".join(figure.cells), flush=True)
        figures.append(figure)
    if chosen.write:
        renew(section(figures), BEGIN, END)


if __name__ == "__main__":
    main()
