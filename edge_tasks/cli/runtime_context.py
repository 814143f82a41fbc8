"""What a runtime is given by the call that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.cli.settings import Choices
from edge_tasks.runtimes.context import RuntimeContext

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.saved import Saved

_FLAGS: Final = ("skip_build", "demo", "no_snapshot", "force", "fix")


def context_of(session: Session, fleet: Saved) -> RuntimeContext:
    """What a runtime is given for a fleet, which may be the saved one or the one that is wanted."""
    target, console = session.target, session.console
    return RuntimeContext(
        platform=target.platform,
        state=target.state,
        fleet=fleet.fleet,
        override=target.platform.path / fleet.override_file,
        services_named=session.request.services_named,
        choices=Choices({}, {}, fleet.choices, {}).extras(),
        told_release=target.told_release,
        flags=frozenset(flag for flag in _FLAGS if session.flag(flag)),
        compose=lambda: target.compose,
        blueprints=lambda: target.blueprints,
        say=console.line,
        progress=console.download,
        waiting=console.waiting,
        echo=console.heard,
        beside=session.beside,
    )
