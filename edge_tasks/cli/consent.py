"""The question before edges connect to a backend that is not on this machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from edge_tasks.errors import SettingsError
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from edge_tasks.openems.backend_address import BackendAddress
    from edge_tasks.output import Output

_YES = ("y", "yes")


def load_on(address: BackendAddress, edges: int, connect_rate: int) -> str:
    """What a backend has to carry, for people."""
    return (
        f"{counted(edges, 'connection')} to {address.uri}, at most {connect_rate} of them opened per second,"
        f" and about {counted(edges, 'message')} per second"
    )


def ask_for_consent(load: str, output: Output) -> None:
    """Ask once, on a terminal.

    Raises:
        SettingsError: the answer is no, or nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise SettingsError(f"this means {load}", hint="--yes, if its owner agrees")
    output.fault(f"this means {load}. Does its owner agree? Type yes:")
    if sys.stdin.readline().strip().lower() not in _YES:
        raise SettingsError("nothing was started", hint="ask the owner of the backend first")
