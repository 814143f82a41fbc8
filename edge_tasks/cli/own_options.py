"""The options that single tasks have beside the common ones."""

from __future__ import annotations

from typing import Final

from edge_tasks.cli.attach_options import ATTACH, EXPORT_KEYS
from edge_tasks.cli.history_options import BACKFILL, TRUTH, VERIFY
from edge_tasks.cli.option import HIGHEST_PORT, Option, Setting
from edge_tasks.cli.options import COMMON

PORT: Final = Setting(
    "port",
    "The page's port on 127.0.0.1",
    default=8099,
    default_words="8099 + --port-offset; 0: any free one",
    lowest=0,
    highest=HIGHEST_PORT,
)
WATCH_S: Final = Setting("seconds", "How many seconds to watch", default=5, lowest=0, highest=86_400)
END_AFTER_S: Final = Setting("seconds", "After how many seconds to end", lowest=0, highest=31_536_000)
_FIX: Final = Option(
    "fix", "Correct what can be corrected, in copies and generated files of edge-tasks", is_flag=True
)
_EDGE: Final = Option("edge", "Only these edges: 3, 3-7 or 0,3-7")
_WITH_LITTLE_MEMORY: Final = Option("force", "Go on even with too little memory", is_flag=True)

OWN: Final[dict[str, tuple[Option, ...]]] = {
    "doctor": (
        _FIX,
        _WITH_LITTLE_MEMORY,
        Option("explain", "Print what is understood of the checkout, and change nothing", is_flag=True),
    ),
    "gen-configs": (
        Option("all", "Write config directories for the light edges, too", is_flag=True),
        Option("force", "Write all config directories again, even unchanged ones", is_flag=True),
    ),
    "setup": (_FIX, _WITH_LITTLE_MEMORY),
    "plan": (Option("check", "Exit 1 if something would change", is_flag=True),),
    "status": (
        Option("check", "Exit 6 if an edge is not online", is_flag=True),
        _EDGE,
        Option("offline", "Only edges that are not online", is_flag=True),
        Option("watch", "Show it again every two seconds, until Ctrl-C", is_flag=True),
    ),
    "dashboard": (PORT, END_AFTER_S),
    "households": (
        _EDGE,
        Option("output", "Write the list into this file, FILE.csv"),
    ),
    "report": (Option("output", "The file, FILE.html (default: edge-tasks-report-TIME.html)"), WATCH_S),
    "logs": (
        _EDGE,
        Option("service", "Only this service (docker), or backend, edges or PostgreSQL (embedded)"),
        Option("follow", "Keep showing new lines until Ctrl-C", is_flag=True),
    ),
    "attach": ATTACH,
    "export-keys": EXPORT_KEYS,
    "backfill": BACKFILL,
    "truth": TRUTH,
    "verify": VERIFY,
    "reset": (Option("history", "Remove only the history; the edges go on", is_flag=True),),
    "cache": (Option("clear", "Remove all of them, instead of listing them", is_flag=True),),
    "restart": (Option("edge", "Which edges: 3, 3-7 or 0,3-7"),),
    "down": (
        Option(
            "purge",
            "Remove everything that was ever made: config directories, apikeys, database, override",
            is_flag=True,
        ),
    ),
}
"""The options of single tasks, by the task's name."""


def options_of(task: str) -> dict[str, Option]:
    """All options of a task, as they are typed without the dashes: the common ones, then its own."""
    return {option.option[2:]: option for option in (*COMMON.values(), *OWN.get(task, ()))}
