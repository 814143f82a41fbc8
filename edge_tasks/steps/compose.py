"""``inv compose``: the compose override with a service for each edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters.files import text_of, write_file
from edge_tasks.checkout.override import is_ours
from edge_tasks.errors import SettingsError
from edge_tasks.plan import Plan

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.cli.session import Session
    from edge_tasks.runtimes.plans import Override

_READABLE = 0o644
"""It holds no secret, and people read it."""


def find(session: Session) -> Plan[Override]:
    """Compare the file with what it is to be.

    Raises:
        SettingsError: a file of that name is not ours.
    """
    path = override_path(session)
    wanted = session.runtime.services.override()
    present = path.read_text() if path.exists() else None
    if present is not None and not is_ours(present):
        raise SettingsError(
            f"{path} was not made by edge-tasks",
            hint="name another with --override-file docker-compose.edges.yml, and give both to docker compose -f",
        )
    stale = [beside.name for beside, text in wanted.companions.items() if text_of(beside) != text]
    changes = [f"write {name}" for name in (*([path.name] if present != wanted.text else []), *stale)]
    unchanged = f"{path.name}, {len(session.fleet.edges_with_directory)} services"
    return Plan(tuple(changes), unchanged, wanted)


def apply(session: Session, plan: Plan[Override]) -> str:
    """Write it."""
    path = override_path(session)
    for beside, secret in plan.details.companions.items():
        write_file(beside, secret)
    write_file(path, plan.details.text, _READABLE)
    without = sum(edge.ports is None for edge in session.fleet.edges_with_directory)
    note = f", {without} of them without host ports (there are none left)" if without else ""
    return f"{path.name}, {len(session.fleet.edges_with_directory)} services{note}"


def override_path(session: Session) -> Path:
    """Where the override lies."""
    return session.platform.path / session.wanted.override_file
