"""The options of the tasks that write and check history."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edge_tasks.cli.option import Option

EVERY: Final = "15m"
ZONE: Final = "UTC"

_WRITTEN: Final = (
    Option("from", "When the past begins: 2025-11-01, or an exact moment"),
    Option("to", "The last day that has points, or a moment (default: now)"),
    Option("every", f"The time between two points (default: {EVERY})"),
    Option("zone", f"The time zone of the days (default: {ZONE})"),
    Option(
        "incident",
        "What goes wrong: 'left edges=3 at=2026-01-03'; repeatable",
        is_repeatable=True,
    ),
    Option("through_backend", "Have the backend store it, as if the edges had sent it", is_flag=True),
)
BACKFILL: Final = (
    *(replace(option, not_with="remove") for option in _WRITTEN),
    Option("edge", "Only these edges: 3, 3-7 or 0,3-7"),
    Option("remove", "Remove the pasts, and what the edges sent since then", is_flag=True),
)

TRUTH: Final = (
    Option("from", "The first day, 2025-11-01 (default: when pasts begin)"),
    Option("to", "The last day, included (default: the last whole day of the pasts)"),
    Option("period", "day, month, year or total (default: month)"),
    Option("zone", "The zone of the days (default: group's, past's or UTC)"),
    Option("edge", "Only these edges: 3, 3-7 or 0,3-7 (default: all light edges)"),
    Option("output", "Write it into this file, FILE.csv or FILE.json"),
)
VERIFY: Final = (
    Option("energy", "Compare the energies of light edges with the truth, too", is_flag=True),
    *(
        Option(name, f"With --energy: {meaning}", only_with="energy")
        for name, meaning in (
            ("from", "the first day (default: when pasts begin)"),
            ("to", "the last day (default: the last whole one)"),
            ("period", "day, month (default), year or total"),
            ("zone", "the zone of the days (default: group's, past's or UTC)"),
            ("edge", "only these edges: 3, 3-7 or 0,3-7"),
        )
    ),
)
