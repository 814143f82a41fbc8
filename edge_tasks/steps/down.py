"""``inv down``: stop the fleet; with ``--purge`` remove everything it ever made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters.files import remove_directory, writing
from edge_tasks.checkout import layouts as platforms
from edge_tasks.checkout.override import is_ours
from edge_tasks.steps.compose import override_path
from edge_tasks.steps.gen_configs import our_directories, remove_halves

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session


def run(session: Session, *, purge: bool) -> None:
    """Stop what runs; nothing to stop is fine."""
    if session.saved is None and not session.state.folder.exists():
        session.console.document(stopped=[])
        session.console.line(f"nothing to do: there is no fleet in {session.platform.path}")
        return
    session.state.check_owner()
    with session.state.locked("inv down"):
        stopped = session.runtime.stop() if session.saved else ()
        session.console.document(stopped=list(stopped))
        session.console.line(f"stopped: {', '.join(stopped) or 'nothing ran'}")
        session.state.note(up=None, read=None)
        if purge:
            _purge(session, session.runtime.purge() if session.saved else "no database")


def _purge(session: Session, database: str) -> None:
    folder = session.platform.edges_folder
    found = our_directories(folder)
    for directory in found:
        remove_directory(directory)
    if folder.is_dir():
        remove_halves(folder)
    override = override_path(session)
    if override.is_file() and is_ours(override.read_text()):
        with writing(override):
            override.unlink()
    remove_directory(session.state.folder)
    left = session.platform.remove_bundled() if session.platform.bundled else ()
    platforms.forget(session.platform, session.invocation.home)
    session.console.line(f"removed: {len(found)} config directories, the override, {database}, the saved fleet")
    if left:
        session.console.line(f"left, since you changed or added them: {', '.join(map(str, left))}")
