"""What is kept in the user's cache: listed, removed, and said where it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.plan import counted
from edge_tasks.runtimes.docker import odoo_snapshot
from edge_tasks.runtimes.embedded import kept_cluster
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
    kept = KeptFiles.of_user(odoo_snapshot.KIND)
    count = len(kept.entries())
    return f"left: {counted(count, 'snapshot')} of Odoo in {kept.folder} → inv cache --clear" if count else ""


def _kept() -> dict[str, KeptFiles]:
    return {kind: KeptFiles.of_user(kind) for kind in (odoo_snapshot.KIND, kept_cluster.KIND)}
