"""The docker runtime: the platform's own services, and a container for each edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.runtimes.choice import Kind

if TYPE_CHECKING:
    from edge_tasks.runtimes.context import RuntimeContext
    from edge_tasks.runtimes.protocols import Runtime


def create(context: RuntimeContext) -> Runtime:
    """The platform's Compose project with our override on top."""
    from edge_tasks.runtimes.docker.runtime import assemble  # noqa: PLC0415 - only where it is used

    return assemble(context)


def find_problem() -> tuple[str, str]:
    """Why no Docker Engine with Compose can be used here, and what to do; both empty when one can."""
    from edge_tasks.adapters.docker_engine import engine_problem  # noqa: PLC0415 - asked when it matters

    return engine_problem()


SNAPSHOTS: Final = "odoo"
"""The folder of the snapshots in the user's cache."""
KIND: Final = Kind(create, find_problem, uses_engine=True, keeps={SNAPSHOTS: "Odoo"})
