"""The embedded runtime: a real PostgreSQL from a wheel, a stand-in backend, one host of light edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.runtimes.choice import Kind

if TYPE_CHECKING:
    from edge_tasks.runtimes.context import RuntimeContext
    from edge_tasks.runtimes.protocols import Runtime


def create(context: RuntimeContext) -> Runtime:
    """All processes of a fleet without Docker, in the platform's state directory."""
    from edge_tasks.runtimes.embedded.runtime import assemble  # noqa: PLC0415 - only where it is used

    return assemble(context)


def find_problem() -> tuple[str, str]:
    """No problem: it needs nothing that is not installed with it."""
    return "", ""


SNAPSHOTS: Final = "postgresql"
"""The folder of the snapshots in the user's cache."""
KIND: Final = Kind(create, find_problem, uses_engine=False, keeps={SNAPSHOTS: "PostgreSQL"})
