"""``inv logs``: what backend and edges say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.cli.selection import selected
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session


def run(session: Session) -> None:
    """Print the last lines of all of it, of some edges, or of a service; with ``--follow`` until Ctrl-C.

    Raises:
        SettingsError: there is no fleet, or no such edge.
    """
    if session.saved is None:
        raise SettingsError(f"there is no fleet in {session.platform.path}", hint="inv setup --edges 3")
    chosen = session.options.get("edge")
    indices = selected(str(chosen), session.fleet.size) if chosen else ()
    names = tuple(session.fleet.edge(index).name for index in indices)
    service = str(session.options.get("service") or "")
    session.runtime.services.show_logs(names, service, follow=bool(session.options.get("follow")))
