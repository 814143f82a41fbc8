"""What tests and benchmarks read of Prometheus' text format."""

from __future__ import annotations

import urllib.request

from tests.waiting import LONG_S


def figures(text: str) -> dict[str, float]:
    """Name and labels, as they stand there → value."""
    lines = (line for line in text.splitlines() if line[0] != "#")
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def scraped(port: int) -> dict[str, float]:
    """The metrics that are served there.

    Raises:
        OSError: nobody serves any.
    """
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=LONG_S) as answer:
        return figures(answer.read().decode())
