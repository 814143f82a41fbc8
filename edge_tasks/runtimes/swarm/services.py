"""The platform's Compose project here and the edges in the Swarm, as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.errors import SettingsError
from edge_tasks.runtimes.docker.light_container import image_of
from edge_tasks.runtimes.docker.services import DockerServices
from edge_tasks.runtimes.swarm import giving
from edge_tasks.runtimes.swarm.left_out import left_out
from edge_tasks.runtimes.swarm.pushed_names import remove_pushed_names
from edge_tasks.runtimes.swarm.shipping import NONE, Shipping

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from edge_tasks.checkout.findings import Finding
    from edge_tasks.runtimes.swarm.edge_services import EdgeServices
    from edge_tasks.runtimes.swarm.light_tasks import SwarmTasks


@dataclass(frozen=True)
class SwarmServices(DockerServices):
    """The docker runtime's services, and those of the Swarm."""

    tasks: SwarmTasks
    edges: EdgeServices

    @property
    def stands_for(self) -> str:
        """What is real: everything but light edges."""
        return "the platform's own services here, edges on the nodes of its Swarm"

    def examine(self) -> tuple[Finding, ...]:
        """The same as in the docker runtime, and what edges in a Swarm do not take over."""
        found = super().examine()
        return found if any(one.is_error for one in found) else (*found, *left_out(self.stack))

    def running(self) -> tuple[str, ...]:
        """The services that run, with those of the edges and that of the tasks."""
        has_tasks = not self.tasks.stack.swarm.has_left and self.tasks.is_there()
        return (*super().running(), *self.edges.names(), *([self.tasks.name] if has_tasks else ()))

    def show_logs(self, edges: Sequence[str], service: str, *, follow: bool) -> None:
        """``docker service logs`` for edges and their services, else ``docker compose logs``.

        Raises:
            SettingsError: there is no such service; the two have no log in common; or several are to be followed.
        """
        if edges and service not in ("", self.tasks.name):
            raise SettingsError(
                f"edges of a Swarm and {service} have different logs",
                hint="type either --edge or --service",
            )
        names = self._logged(set(edges), service)
        if follow and len(names) > 1:
            raise SettingsError(
                f"docker follows one service of a Swarm at a time, not {', '.join(names)}", hint="--edge 0"
            )
        more = ("--follow",) if follow else ()
        for name in names:
            self.stack.docker.show("service", "logs", "--tail", "100", *more, name)
        if not names:
            super().show_logs((), service, follow=follow)

    def _logged(self, edges: Collection[str], service: str) -> tuple[str, ...]:
        """The Swarm's names of the services of these edges, and of one that was named."""
        fleet, full_name = self.stack.context.fleet, self.edges.deployed.full_name
        named = {*edges, service.removeprefix(full_name(""))}
        own = [
            full_name(edge.service) for edge in fleet.edges_with_directory if {edge.name, edge.service} & named
        ]
        is_light = service == self.tasks.name or any(edge.name in edges for edge in fleet.light_edges)
        return (*own, *([self.tasks.name] if is_light else ()))

    def stop(self, *, is_final: bool = False) -> tuple[str, ...]:
        """Remove the tasks, and then all containers of the project; volumes and the network stay."""
        names = self.edges.names()
        had_tasks = self.tasks.end_tasks()
        self.edges.remove(names, at_once=True)
        if giving.was_killed(self.tasks.stack):
            giving.clear(self.tasks.stack)
        return (*super().stop(is_final=is_final), *names, *([self.tasks.name] if had_tasks else ()))

    def purge(self) -> str:
        """The docker runtime's purge, and then everything of the fleet in the Swarm, and what was only for it."""
        self.tasks.end_tasks()
        said = super().purge()
        giving.clear(self.tasks.stack)
        self.tasks.remove()
        self._remove_pushed_names()
        return said

    def _remove_pushed_names(self) -> None:
        stack, named = self.stack, str(self.stack.context.choices["image_registry"])
        registry = Shipping(stack.docker, named).registry
        if registry == NONE:
            return
        for name in remove_pushed_names(stack.docker, registry, (self.edges.needs.image, image_of(stack))):
            stack.context.say(f"not removed, since Docker refused: the image's second name {name}")
