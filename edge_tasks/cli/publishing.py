"""Makes the place that holds history reachable from this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.steps import step

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session


def publish(session: Session) -> None:
    """Publish the port of that place if it needs one; the session has begun.

    Raises:
        SettingsError: data would be lost by that.
        CommandFailed: it cannot be reached afterwards either.
    """
    storage = session.runtime.storage
    if storage is None or storage.publication is None:
        return
    if step.run("publish", storage.publication, session.console, only_changes=True):
        session.look_again()
