"""The question before edges connect to a backend that is not on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.cli.question import can_ask, is_confirmed
from edge_tasks.errors import SettingsError
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.openems.backend_address import BackendAddress


def load_on(address: BackendAddress, edges: int, connect_rate: int) -> str:
    """What a backend has to carry, for people."""
    return (
        f"{counted(edges, 'connection')} to {address.uri}, at most {connect_rate} of them opened per second,"
        f" and about {counted(edges, 'message')} per second"
    )


def ask_for_consent(load: str, session: Session) -> None:
    """Have people agree, or have it typed beforehand.

    Raises:
        SettingsError: the answer is no, or nobody can be asked.
    """
    if not (session.flag("yes") or can_ask(session.console)):
        raise SettingsError(f"this means {load}", hint="--yes, if its owner agrees")
    if not is_confirmed(session, f"this means {load}. Does its owner agree?", default=False):
        raise SettingsError("nothing was started", hint="ask the owner of the backend first")
