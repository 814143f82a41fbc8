"""The swarm runtime: the platform's services in Compose here, and edges on all nodes of a Docker Swarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.runtimes.choice import Kind

if TYPE_CHECKING:
    from edge_tasks.runtimes.context import RuntimeContext
    from edge_tasks.runtimes.protocols import Runtime


def create(context: RuntimeContext) -> Runtime:
    """The docker runtime, with edges in services of the Swarm."""
    from edge_tasks.runtimes.swarm.runtime import assemble  # noqa: PLC0415 - only where it is used

    return assemble(context)


def find_problem() -> tuple[str, str]:
    """Why no Swarm can be used here, and what to do; both empty when one can."""
    from edge_tasks.adapters.docker_engine import engine_problem  # noqa: PLC0415 - asked when it matters
    from edge_tasks.adapters.swarm import swarm_problem  # noqa: PLC0415 - asked when it matters

    found = engine_problem()
    return found if any(found) else swarm_problem()


def find_problem_of_down() -> tuple[str, str]:
    """Why nothing of a fleet can be ended here; an engine that has left the Swarm has nothing there any more."""
    from edge_tasks.adapters.docker_engine import engine_problem  # noqa: PLC0415 - asked when it matters
    from edge_tasks.adapters.swarm import has_left, swarm_problem  # noqa: PLC0415 - asked when it matters

    found = engine_problem()
    return found if any(found) or has_left() else swarm_problem()


KIND: Final = Kind(create, find_problem, uses_engine=True, spans_nodes=True, needed_for_down=find_problem_of_down)
