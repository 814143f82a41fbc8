"""What is kept in the user's cache: listed, removed, and said where it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.plan import counted
from edge_tasks.runtimes.docker.odoo_snapshot import KIND
from edge_tasks.steps.cache import Cache

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session


def cache(session: Session) -> None:
    """``inv cache``, and with ``--clear`` nothing is kept any more."""
    made = Cache(KeptFiles.of_user(KIND), session.console)
    if session.flag("clear"):
        made.clear()
    else:
        made.show()


def left() -> str:
    """What a purge leaves in the cache, for people; empty if nothing is there."""
    kept = KeptFiles.of_user(KIND)
    count = len(kept.entries())
    return f"left: {counted(count, 'snapshot')} of Odoo in {kept.folder} → inv cache --clear" if count else ""
