"""How long a platform takes from a purge to proved edges, without and with what is kept of the set-up before.

``nox -s bench_reset`` measures the embedded runtime, ``-- --platform CHECKOUT`` that checkout on Docker, which
has no fleet and whose images are here; ``--write`` renews the docs. Both sides take turns in one run, with a
cache of their own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures_page import renew
from bench.light_fleet import OFFSET, machine
from edge_tasks.checkout.layouts import bundled_source
from edge_tasks.fleet.saved import FOLDER
from tests.inv import ROOT, inv, last_used_kept

if TYPE_CHECKING:
    from collections.abc import Sequence

BEGIN, END = "<!-- reset: written by bench/reset.py -->", "<!-- end of reset -->"
NOTHING_KEPT, KEPT, RESET, PURGE = (
    "purged, nothing kept: `inv setup`",
    "purged, the set-up before is kept: `inv setup`",
    "`inv reset`",
    "`inv down --purge`",
)


class Platform:
    """One that is set up again and again.

    Args:
        where: the options that name it.
        cache: the user's cache, which is ours.
    """

    def __init__(self, where: Sequence[str], cache: Path) -> None:
        self._where, self._cache = tuple(where), cache
        self.seconds: dict[str, list[float]] = {what: [] for what in (NOTHING_KEPT, KEPT, RESET, PURGE)}

    def forget(self) -> None:
        """Have nothing kept."""
        shutil.rmtree(self._cache, ignore_errors=True)

    def measure(self, what: str, *words: str) -> None:
        """Run a command, which must succeed, and note how long that took."""
        began = time.perf_counter()
        self.run(*words)
        self.seconds[what].append(time.perf_counter() - began)
        print(f"{what} | {self.seconds[what][-1]:.2f} s", flush=True)

    def run(self, *words: str) -> None:
        """Run a command, which must succeed."""
        environment = {**os.environ, "XDG_CACHE_HOME": str(self._cache)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # users have their modules compiled only once
        command = inv(*words, *self._where)
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}")


def measured(platform: Platform, edges: Sequence[str], times: int) -> None:
    """Take turns; nothing is left of it, also after a failure."""
    try:
        for _ in range(times):
            platform.run("down", "--purge")
            platform.forget()
            platform.measure(NOTHING_KEPT, "setup", *edges)
            platform.measure(PURGE, "down", "--purge")
            platform.measure(KEPT, "setup", *edges)
            platform.measure(RESET, "reset")
    finally:
        platform.run("down", "--purge")


def require_no_fleet(checkout: Path) -> None:
    """Refuse a checkout in which somebody has a fleet: it would be purged."""
    if (checkout / FOLDER).exists():
        raise SystemExit(f"{checkout} has a fleet, which this would purge: inv down --purge, if you want that")


def section(platform: Platform, edges: Sequence[str], times: int, typed: Sequence[str]) -> str:
    """Our part of docs/benchmarks.md; ``typed`` is what was typed of the options."""
    median = {what: statistics.median(seconds) for what, seconds in platform.seconds.items()}
    method = (
        f"Written by `nox -s bench_reset -- {' '.join(typed)}` on {machine()}: `{' '.join(edges)}`, the median of"
        f" {times} rounds, each command as a whole."
    )
    rows = [(what, f"{median[what]:.2f} s", f"{median[what] / median[NOTHING_KEPT]:.2f}") for what in median]
    titles = ("what", "time", "times the first")
    lines = [f"| {' | '.join(row)} |" for row in (titles, ("---",) * len(titles), *rows)]
    return "\n".join((BEGIN, "", method, "", *lines, "", END))


def main() -> None:
    """Measure, print, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", help="a checkout, on Docker; without it the embedded runtime is measured")
    parser.add_argument("--edges", default="3")
    parser.add_argument("--light-edges", default="0")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    chosen = parser.parse_args()
    edges = ("--edges", chosen.edges, "--light-edges", chosen.light_edges)
    with tempfile.TemporaryDirectory() as name, last_used_kept():
        folder = Path(name)
        folder.chmod(0o755)
        if chosen.platform:
            require_no_fleet(Path(chosen.platform))
            where = ["--platform", str(Path(chosen.platform).absolute()), "--runtime", "docker"]
        else:
            shutil.copytree(bundled_source(), folder / "platform")
            where = ["--platform", str(folder / "platform"), "--runtime", "embedded"]
        platform = Platform([*where, "--port-offset", str(OFFSET)], folder / "cache")
        measured(platform, edges, chosen.times)
    typed = ["CHECKOUT" if word == chosen.platform else word for word in sys.argv[1:]]
    text = section(platform, edges, chosen.times, typed)
    print(text)
    if chosen.write:
        renew(text, BEGIN, END)


if __name__ == "__main__":
    main()
