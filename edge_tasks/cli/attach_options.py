"""The options of ``inv attach`` and ``inv export-keys``."""

from __future__ import annotations

from typing import Final

from edge_tasks.cli.option import Option, Setting

CONNECT_RATE: Final = 10
"""How many edges connect per second at most, unless typed: the backend may be somebody else's."""
LIMIT: Final = Setting(
    "limit",
    "How many edges at most",
    default=100,
    lowest=1,
    highest=100_000,
)
MIN_AVAILABILITY: Final = Setting(
    "min_availability",
    "The percentage of its time that each edge must be connected",
    default="99",
    pattern=r"100|[0-9]{1,2}(\.[0-9]+)?",
)
FOR: Final = Setting(
    "for",
    "How long, such as 24h",
    default="",
    default_words="until Ctrl-C",
    pattern=r"[1-9][0-9]*[smhd]",
    pattern_words="a whole number with s, m, h or d behind it",
)

ATTACH: Final = (
    Option("backend", "wss://HOST, wss://HOST:PORT or ws://HOST:PORT"),
    Option("keys", "The file that inv export-keys has written"),
    Option("edge", "Only these edges: 3, 3-7 or 0,3-7"),
    FOR,
    LIMIT,
    MIN_AVAILABILITY,
    Option("ca", "The CA's certificates, instead of the system's"),
    Option("rest", "The backend's REST API, to be asked which edges are online: https://HOST:PORT"),
    Option("netrc", "The login for --rest (default: ~/.netrc)", only_with="rest"),
    Option("output", "The report, FILE.html, and FILE.json beside it (default: edge-tasks-attach-TIME.html)"),
)
EXPORT_KEYS: Final = (
    Option("edge", "Only these edges: 3, 3-7 or 0,3-7"),
    Option("output", "The file, FILE.csv or FILE.json"),
)
DEFAULTS: Final = {"connect_rate": str(CONNECT_RATE), "seed": "as the file of keys says"}
"""Of options of all tasks, where attach has others than they have."""
TAKES: Final = frozenset(
    (
        "platform",
        "meters",
        "profile",
        "seed",
        "connect_rate",
        "reconnect",
        "light_processes",
        "yes",
        "json",
        "quiet",
    )
)
"""The options of all tasks that attach takes. The others are about a fleet, and it needs none."""
