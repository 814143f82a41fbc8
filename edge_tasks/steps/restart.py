"""``inv restart --edge 3``: start edges again, whatever they do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import writing
from edge_tasks.cli.selection import selected
from edge_tasks.errors import SettingsError
from edge_tasks.steps.gen_configs import STAMP, written

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session


def run(session: Session) -> None:
    """Mark their directories as written now, which makes the runtime start them again.

    Raises:
        SettingsError: there is no fleet, no such edge, or its directory was never written.
    """
    if session.saved is None:
        raise SettingsError(f"there is no fleet in {session.platform.path}", hint="inv setup --edges 3")
    chosen = session.options.get("edge")
    if not chosen:
        raise SettingsError("which edge?", hint="inv restart --edge 3, or 3-7, or 0,3-7")
    session.begin()
    folder = session.platform.edges_folder
    edges = [session.fleet.edge(index) for index in selected(str(chosen), session.fleet.size)]
    for edge in edges:
        stamp = folder / edge.directory / STAMP
        if edge.index >= session.fleet.full:
            raise SettingsError(f"{edge.name} is a light edge", hint="inv down up starts them all again")
        if not stamp.exists():
            raise SettingsError(f"{edge.name} has no config directory", hint="inv setup")
        with writing(stamp):
            os.utime(stamp)
    lying = {edge.name: written(folder / edge.directory) for edge in session.fleet.edges_with_directory}
    did = session.runtime.edges.start(session.runtime.edges.find(lying))
    session.console.line(f"{', '.join(edge.name for edge in edges)} to be restarted; {did}")
