"""The light edges' tasks as processes that run light edges: the keeper here, and a service of the Swarm."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.adapters.files import read_utf8, text_of, write_file
from edge_tasks.adapters.processes import until
from edge_tasks.errors import CommandFailed
from edge_tasks.light import nodes
from edge_tasks.light.host.fleet import part_of
from edge_tasks.light.nodes.files import NODES_FILE, TOKEN_FILE
from edge_tasks.proof.protocol import EdgeProcess
from edge_tasks.runtimes.docker.light_container import (
    FLEET,
    LightContainer,
    image_of,
    options_of,
    program_digest,
)
from edge_tasks.runtimes.light_host import LightHost
from edge_tasks.runtimes.swarm.edge_reasons import called_by
from edge_tasks.runtimes.swarm.light_service import SPEC, LightTasks, constraints_of, label_of, service_of
from edge_tasks.runtimes.swarm.reasons import begins_by_itself, fitting_no_node, lacking_image, why_not
from edge_tasks.runtimes.swarm.shipping import Shipping, to_load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.adapters.swarm import Service, SwarmTask
    from edge_tasks.runtimes.swarm.stack import SwarmStack

_ENDS_S: Final = 40.0


@dataclass(frozen=True)
class SwarmTasks:
    """Starts and finds the tasks."""

    stack: SwarmStack
    keeper: LightContainer

    @property
    def config(self) -> Path:
        """The fleet file, which the keeper reads."""
        return self.keeper.config

    @property
    def name(self) -> str:
        """The name of their service."""
        return service_of(self.stack.context.fleet.id)

    @property
    def log(self) -> str:
        """Where their output is, for people."""
        return f"docker service logs {self.name}"

    @cached_property
    def wanted(self) -> LightTasks:
        """The tasks as they should be."""
        stack, image = self.stack, image_of(self.stack)
        asked = ("image", "inspect", "--format", "{{.Architecture}} {{len .RepoDigests}}", image)
        architecture, digests = stack.docker.ask(*asked).split()
        fixed = stack.light_options.processes
        return LightTasks(
            fleet_id=stack.context.fleet.id,
            image=image,
            is_local=digests == "0",
            program=program_digest(),
            bootstrap=read_utf8(Path(nodes.__file__).with_name("bootstrap.py")),
            architecture=architecture,
            placement=constraints_of(str(stack.context.choices["placement"])),
            layout=str(fixed),
            token=stack.context.fleet.password("keeper"),
            registry=self._shipping.registry,
        )

    @property
    def _shipping(self) -> Shipping:
        return Shipping(self.stack.docker, str(self.stack.context.choices["image_registry"]))

    @property
    def count(self) -> int:
        """How many tasks there should be."""
        return self.stack.light_options.shares(self.stack.context.fleet.light)["processes"]

    def find(self) -> Service | None:
        """The service if it and the keeper are as they should be, else None."""
        if self.keeper.find() is None:
            return None
        found = self._service()
        return found if found is not None and self._fits(found) and found.replicas == self.count else None

    def start(self, config: str) -> None:
        """Write the fleet file and start what is missing; tasks that are right go on."""
        wanted, swarm, docker = self.wanted, self.stack.swarm, self.stack.docker
        found = self._service()
        goes_on = found is not None and self._fits(found)
        if not goes_on:
            self.end_tasks()  # while there is a keeper that gets what they have counted
        self.keeper.start(config)
        write_file(self.config.parent / TOKEN_FILE, wanted.token)
        if found is not None and goes_on:
            if found.replicas != self.count:
                docker.run("service", "scale", "--detach", f"{self.name}={self.count}")
            return
        if not swarm.has_secret(wanted.secret):
            swarm.make_secret(wanted.secret, wanted.token, wanted.label)
        docker.run(*wanted.creation(self.count, self._shipping.ship_if_named(image_of(self.stack))))

    def stop(self) -> bool:
        """End the tasks, and then the keeper, which gets what they have counted; whether something ran."""
        ran = self.end_tasks()
        return self.keeper.stop() or ran

    def require(self, what: str) -> None:
        """Raise when the keeper has ended, when nodes lack the image, or when no node may have the tasks.

        Raises:
            CommandFailed: with the nodes.
        """
        self.keeper.require(what)
        tasks = self.stack.swarm.tasks(self.name)
        if said := fitting_no_node(tasks):
            why = f"no node may run the light edges, says the Swarm: {said}"
            raise CommandFailed(why, hint=self._remedy(tasks))
        if nodes := lacking_image(tasks):
            why = f"{', '.join(nodes)} cannot fetch the image {image_of(self.stack)}"
            raise CommandFailed(why, hint=self._remedy(tasks))

    def remove(self) -> None:
        """Remove everything of this fleet in the Swarm; containers here have left its network before.

        Raises:
            CommandFailed: tasks are still in the network.
        """
        if self.stack.swarm.has_left:
            return
        docker, label = self.stack.docker, f"label={label_of(self.stack.context.fleet.id)}"
        for kind in ("service", "secret", "network"):
            deadline = time.monotonic() + _ENDS_S
            while names := docker.ask(kind, "ls", "--filter", label, "--format", "{{.Name}}").split():
                self._remove(kind, names, is_last_try=not until(deadline, 0.5))

    def _remove(self, kind: str, names: Sequence[str], *, is_last_try: bool) -> None:
        try:
            self.stack.docker.run(kind, "rm", *names)
        except CommandFailed:  # for a moment a network has tasks that end
            if is_last_try:
                raise

    def nodes(self) -> dict[int, str]:
        """The part → the node on which it runs, as the keeper has noted it last."""
        noted = json.loads(text_of(self.config.parent / NODES_FILE) or "{}")
        return {int(part): str(node) for part, node in noted.items()}

    def is_there(self) -> bool:
        """Whether their service is in the Swarm."""
        return self._service() is not None

    def not_yet(self) -> EdgeProcess:
        """An edge that no task runs; the Swarm is going to have one, if there is the service."""
        if not self.is_there():
            return EdgeProcess(running=False, why="the Swarm has no service for the fleet's light edges")
        if self.find() is None:
            return EdgeProcess(running=False, why="the light edges' service or its keeper is not as it should be")
        tasks = self.stack.swarm.tasks(self.name)
        why = why_not(tasks, self.stack.swarm.nodes())
        return EdgeProcess(running=True, why=why, hint=self._remedy(tasks))

    def _remedy(self, tasks: Sequence[SwarmTask]) -> str:
        """What to type so that tasks begin."""
        if fitting_no_node(tasks):
            return "docker node ls; --placement any lets all nodes of this machine's architecture run them"
        if lacking := lacking_image(tasks):
            image = image_of(self.stack)
            own = f"--light-image REGISTRY/{image}"
            return f"{to_load(image, lacking, called_by(tasks))}; or one that all nodes can pull: {own}"
        return "inv verify" if begins_by_itself(tasks) else f"docker service ps --no-trunc {self.name}"

    def _service(self) -> Service | None:
        return self.stack.swarm.service(self.name)

    def _fits(self, found: Service) -> bool:
        return found.labels.get(SPEC) == self.wanted.spec

    def end_tasks(self) -> bool:
        """Remove the service, and wait until its tasks have handed over their counters; whether it was there."""
        if self.stack.swarm.has_left or not self.is_there():
            return False
        self.stack.docker.run("service", "rm", self.name)
        deadline = time.monotonic() + _ENDS_S
        while self.nodes() and self.keeper.is_running and until(deadline, 0.5):
            pass
        return True


class SwarmHost(LightHost):
    """Light edges in tasks of a Swarm.

    Args:
        tasks: these.
        uri: where the edges connect to.
    """

    starts_s: ClassVar[float] = 120.0
    starts_again: ClassVar[bool] = False

    def __init__(self, tasks: SwarmTasks, uri: str) -> None:
        stack, context = tasks.stack, tasks.stack.context
        super().__init__(
            tasks,
            FLEET,
            context.platform.edges_folder,
            context.fleet,
            lambda edge: context.render(edge, uri),
            blueprints=context.blueprints,
            options=options_of(stack),
        )
        self._tasks = tasks

    def processes(self) -> dict[str, EdgeProcess]:
        """What the tasks say of their edges, with the node of each, by name."""
        found = super().processes()
        nodes = self._tasks.nodes() if found else {}
        shares = self._options.shares(self._fleet.light)
        parts = {
            edge.name: part_of(place, shares["processes"], shares["block"])
            for place, edge in enumerate(self._fleet.light_edges)
        }
        missing = EdgeProcess(running=False) if parts.keys() <= found.keys() else self._tasks.not_yet()
        return {name: replace(found.get(name, missing), node=nodes.get(part, "")) for name, part in parts.items()}

    def _is_stuck(self) -> bool:
        """A task sees to that by itself."""
        return False

    def _too_late(self) -> CommandFailed:
        """The reason of the Swarm; tasks that run go on."""
        missing = self._tasks.not_yet()
        why = f"not all light edges have begun within {self.starts_s:.0f} s; of one that has not: {missing.why}"
        return CommandFailed(why, hint=missing.hint)
