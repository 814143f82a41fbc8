"""The platform's Compose project here and the tasks of light edges in the Swarm, as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.errors import SettingsError
from edge_tasks.runtimes.docker.services import DockerServices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.runtimes.swarm.light_tasks import SwarmTasks


@dataclass(frozen=True)
class SwarmServices(DockerServices):
    """The docker runtime's services, and one of the Swarm."""

    tasks: SwarmTasks

    @property
    def stands_for(self) -> str:
        """What is real: everything but the edges."""
        return "the platform's own services here, light edges on the nodes of its Swarm"

    def running(self) -> tuple[str, ...]:
        """The services that run, with that of the tasks."""
        has_tasks = not self.tasks.stack.swarm.has_left and self.tasks.is_there()
        return (*super().running(), *([self.tasks.name] if has_tasks else ()))

    def show_logs(self, edges: Sequence[str], service: str, *, follow: bool) -> None:
        """``docker service logs`` for edges and their service, else ``docker compose logs``.

        Raises:
            SettingsError: there is no such service, or the two have no log in common.
        """
        if edges and service not in ("", self.tasks.name):
            raise SettingsError(
                f"edges of a Swarm and {service} have different logs",
                hint="type either --edge or --service",
            )
        if not edges and service != self.tasks.name:
            super().show_logs(edges, service, follow=follow)
            return
        more = ("--follow",) if follow else ()
        self.stack.docker.show("service", "logs", "--tail", "100", *more, self.tasks.name)

    def stop(self, *, is_final: bool = False) -> tuple[str, ...]:
        """Remove the tasks, and then all containers of the project; volumes and the network stay."""
        had_tasks = self.tasks.end_tasks()
        return (*super().stop(is_final=is_final), *([self.tasks.name] if had_tasks else ()))

    def purge(self) -> str:
        """The docker runtime's purge, and then everything of the fleet in the Swarm."""
        self.tasks.end_tasks()
        said = super().purge()
        self.tasks.remove()
        return said
