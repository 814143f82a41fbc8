"""The truth of many edges over twelve months, and the same edges by their own simulation: both sides in one run.

``python -m bench.truth --edges 1000`` reckons so many, in as many processes as there are cores. The other side is
one process that lives through the same months with the arrays of a past, of a few edges.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import date
from zoneinfo import ZoneInfo

from edge_tasks.adapters import machine
from edge_tasks.checkout import load_shapes
from edge_tasks.checkout.blueprints import DescribedEdge
from edge_tasks.cli.console import Console
from edge_tasks.history.described import Lives, mark
from edge_tasks.history.past import Past, points_of
from edge_tasks.history.pasts import Noted
from edge_tasks.openems import configuration
from edge_tasks.steps.accounts import Accounts, Wanted
from edge_tasks.timedata.span import Span
from tests.edge_templates import BUNDLED
from tests.inv import ROOT

BEGIN = 1_761_944_400_000  # 2025-11-01 in Africa/Kampala
END = BEGIN + 365 * 86_400_000
QUARTER_MS = 900_000
FEW = 5


def edges(count: int) -> list[DescribedEdge]:
    """So many edges of the bundled template that live as households."""
    shape = load_shapes.find("household", ROOT)
    components = tuple(configuration.read(BUNDLED).components)
    content = shape.content if shape else None
    return [
        DescribedEdge(f"edge{number}", number, "", "UTC", components, content, "bench") for number in range(count)
    ]


def truth_s(found: list[DescribedEdge]) -> tuple[float, int]:
    """Seconds of their truth, and how many energies it has."""
    noted = {one.name: Noted(BEGIN, END, END, QUARTER_MS, mark(one), is_whole=True) for one in found}
    wanted = Wanted(date(2025, 11, 1), date(2026, 10, 31), "month", ZoneInfo("Africa/Kampala"))
    output = Console(quiet=True)
    accounts = Accounts(wanted, found, [], noted, {}, None, END + 1, machine.cores(), output)
    began = time.monotonic()
    energies = sum(map(len, accounts.read()))
    return time.monotonic() - began, energies


def past_s(found: list[DescribedEdge]) -> float:
    """Seconds in which one process lives through the same time of some edges, with points of a day."""
    lives, began = Lives(), time.monotonic()
    for one in found:
        for _ in points_of(Past(one, BEGIN, END, 86_400_000, [Span(BEGIN, END)]), lives):
            pass
    return time.monotonic() - began


def main() -> None:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1000)
    found = edges(parser.parse_args().edges)
    seconds, energies = truth_s(found)
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    pasts = past_s(found[:FEW]) / FEW * len(found) / machine.cores()
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(
        f"{len(found):,} edges x 12 months, {energies:,} energies, {machine.cores()} cores\n"
        f"truth: {seconds:.1f} s, {cpu:.1f} s of CPU, {memory >> 10} MiB for a process at the most\n"
        f"their pasts, only computed: {pasts:.0f} s, {pasts / seconds:.1f} times as long\n"
    )


if __name__ == "__main__":
    main()
