"""What is kept in the user's cache: listed, removed, and named where a purge leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.plan import counted
from edge_tasks.runtimes.docker import odoo_snapshot
from edge_tasks.runtimes.embedded import kept_cluster
from edge_tasks.steps.cache import Cache

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session

_WORDS: Final = {odoo_snapshot.KIND: "Odoo", kept_cluster.KIND: "PostgreSQL"}


def cache(session: Session) -> None:
    """``inv cache``, and with ``--clear`` nothing is kept any more."""
    made = Cache(_kept(), session.console)
    if session.flag("clear"):
        made.clear()
    else:
        made.show()


def left() -> str:
    """What a purge leaves in the cache, for people; empty if nothing is there."""
    found = [(_WORDS[kind], len(kept.entries()), kept.folder) for kind, kept in _kept().items()]
    parts = [f"{counted(count, 'snapshot')} of {what} in {folder}" for what, count, folder in found if count]
    return f"left: {', '.join(parts)} → inv cache --clear" if parts else ""


def _kept() -> dict[str, KeptFiles]:
    return {kind: KeptFiles.of_user(kind) for kind in (odoo_snapshot.KIND, kept_cluster.KIND)}
