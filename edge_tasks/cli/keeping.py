"""What is kept in the user's cache: listed, removed, and named where a purge leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.plan import counted
from edge_tasks.runtimes import NAMES
from edge_tasks.runtimes.choice import kind
from edge_tasks.steps.cache import Cache

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session


def cache(session: Session) -> None:
    """``inv cache``, and with ``--clear`` nothing is kept any more."""
    made = Cache(_kept(), session.console)
    if session.flag("clear"):
        made.clear()
    else:
        made.show()


def left() -> str:
    """What a purge leaves in the cache, for people; empty if nothing is there."""
    words = _words()
    found = [(words[name], len(kept.entries()), kept.folder) for name, kept in _kept().items()]
    parts = [f"{counted(count, 'snapshot')} of {what} in {folder}" for what, count, folder in found if count]
    return f"left: {', '.join(parts)} → inv cache --clear" if parts else ""


def _kept() -> dict[str, KeptFiles]:
    return {name: KeptFiles.of_user(name) for name in _words()}


def _words() -> dict[str, str]:
    """What all runtimes keep: the folder in the cache → of what it is."""
    return {name: what for runtime in NAMES for name, what in kind(runtime).keeps.items()}
