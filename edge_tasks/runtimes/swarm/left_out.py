"""What the platform's own edge has, and edges in a Swarm do not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edge_tasks.checkout.edge_findings import check_left_out
from edge_tasks.runtimes.docker import hosting
from edge_tasks.runtimes.swarm.edge_service import is_taken_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.checkout.findings import Finding
    from edge_tasks.runtimes.docker.stack import Stack


def left_out(stack: Stack) -> Sequence[Finding]:
    """What people should know of it; writable mounts are found in the docker runtime, too."""
    services, project = stack.services, stack.project
    inherited = hosting.inheritance(stack)
    home = f"{stack.context.platform.path}/"
    in_memory = [one for one in inherited.volumes if one.get("type") == "tmpfs"]
    mounts = [f"{one.get('source')} at {one['target']}" for one in inherited.volumes if one not in in_memory]
    own, door = (project.services[name].get("networks") or () for name in (services.edge, services.door))
    return check_left_out(
        [mount.replace(home, "./", 1) for mount in mounts],
        [str(one["target"]) for one in in_memory],
        [name for name in own if name not in door],
        [key for key, value in inherited.options.items() if not is_taken_over(key, value)],
        partial(stack.place, services.edge),
    )
