"""The services of edges with a directory, at the rim: found, deployed, removed."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.processes import until
from edge_tasks.adapters.swarm_stack import SwarmStackOfServices
from edge_tasks.checkout.inheritance import JAVA
from edge_tasks.checkout.machine_findings import memory_of_edge, size_of
from edge_tasks.fleet.directories import Directories
from edge_tasks.runtimes.docker import hosting
from edge_tasks.runtimes.swarm import edge_package
from edge_tasks.runtimes.swarm.edge_reasons import Needs
from edge_tasks.runtimes.swarm.edge_service import EdgeKind, EdgeToDeploy, compare, words_of
from edge_tasks.runtimes.swarm.giving import ImageGiver
from edge_tasks.runtimes.swarm.light_service import constraints_of, label_of, name_of, platform_of
from edge_tasks.runtimes.swarm.shipping import Shipping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edge_tasks.adapters.swarm_stack import StackTask
    from edge_tasks.fleet.directories import Written
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.docker.edge_plan import Difference
    from edge_tasks.runtimes.swarm.stack import SwarmStack

_OF_EDGE: Final = "edge-tasks.edge"
"""The label of a secret with an edge's directory."""
_ENDS_S: Final = 20.0
_LIVES: Final = ("starting", "running")
"""States of a task with a process; one on a node that is gone keeps its state."""


@dataclass(frozen=True)
class EdgeServices:
    """A service of the Swarm for each edge with a directory."""

    stack: SwarmStack

    @cached_property
    def deployed(self) -> SwarmStackOfServices:
        """Where they are."""
        return SwarmStackOfServices(self.stack.docker, name_of(self.stack.context.fleet.id))

    @cached_property
    def needs(self) -> Needs:
        """What the reasons name."""
        options = self.stack.options
        reserved = min(memory_of_edge(options.edge_heap), size_of(options.edge_memory))
        return Needs(self._image, options.edge_memory, reserved, self._shipping.by_manager)

    @cached_property
    def giver(self) -> ImageGiver:
        """What gives nodes the image if no registry has it."""
        return ImageGiver(self.stack, self._image, self._shipping)

    def find_lacking(self, tasks: Iterable[StackTask]) -> Mapping[str, str]:
        """Id → name of the nodes that are to be given the image; see :meth:`.ImageGiver.find`."""
        return self.giver.find(tasks, self._constraints)

    @property
    def kind(self) -> EdgeKind:
        """What they have in common."""
        stack = self.stack
        inherited = hosting.inheritance(stack)
        environment = {**inherited.environment, JAVA: hosting.java_options_of(stack, inherited)}
        return EdgeKind(
            network=stack.options.overlay,
            label=label_of(stack.context.fleet.id),
            image=self._shipping.mark(self._image),
            words=words_of(stack.project.services[stack.own_edge], stack.edge_image),
            target=inherited.config_target,
            user=inherited.user,
            environment=environment,
            options=inherited.options,
            memory=stack.options.edge_memory,
            reserved=self.needs.reserved,
            constraints=self._constraints,
        )

    def find(self, edges: Sequence[Edge], written: Mapping[str, Written]) -> Difference:
        """The services, compared with these edges."""
        found = self.deployed.services()
        return compare(found, edges, self.kind.spec if edges or found else "", written)

    def names(self) -> tuple[str, ...]:
        """The names of the services that there are; none if the engine has left the Swarm."""
        if self.stack.swarm.has_left:
            return ()
        return tuple(sorted(service.name for service in self.deployed.services()))

    def tasks(self) -> dict[str, list[StackTask]]:
        """Service → its tasks, the newest first."""
        found: dict[str, list[StackTask]] = defaultdict(list)
        for task in self.deployed.tasks():
            found[task.service].append(task)
        return found

    def deploy(self, edges: Sequence[Edge], written: Mapping[str, Written]) -> None:
        """Deploy the services of these edges, with their directories as they are now.

        Args:
            edges: with a directory each.
            written: these directories, by the edge's name.

        Raises:
            SettingsError: a directory is too large.
            CommandFailed: the Swarm refused, or a registry does not take the image.
        """
        there = self.deployed.secrets(label_of(self.stack.context.fleet.id))
        own = [EdgeToDeploy(edge.service, self._secret(edge, there), str(written[edge.name])) for edge in edges]
        self.deployed.deploy(self.kind.document(self._shipped, own))

    def remove(self, services: Sequence[str], *, at_once: bool = False) -> None:
        """Remove services, with their secrets.

        Args:
            services: which.
            at_once: do not wait for the end of their tasks: an edge that is started meanwhile is there twice.
        """
        if not services:
            return
        if not at_once:
            self.deployed.empty(services)
            deadline = time.monotonic() + _ENDS_S
            while self._still_run(services) and until(deadline, 0.5):
                pass
        self.deployed.remove(services)
        self.remove_old_secrets()

    def remove_old_secrets(self) -> None:
        """Remove the secrets of this fleet's edges that no service uses."""
        used = {name for service in self.deployed.services() for name in service.secrets}
        there = self.deployed.secrets(_OF_EDGE) & self.deployed.secrets(label_of(self.stack.context.fleet.id))
        self.deployed.remove_secrets(sorted(there - used))

    def _still_run(self, services: Sequence[str]) -> bool:
        return any(one.service in services and one.state in _LIVES for one in self.deployed.tasks())

    @property
    def _constraints(self) -> tuple[str, ...]:
        placement = constraints_of(str(self.stack.context.choices["placement"]))
        return (platform_of(self._architecture), *placement)

    @property
    def _image(self) -> str:
        return self.stack.project.image(self.stack.own_edge)

    @cached_property
    def _shipping(self) -> Shipping:
        is_built = "build" in self.stack.project.services[self.stack.own_edge]
        return Shipping(self.stack.docker, str(self.stack.context.choices["image_registry"]), is_built)

    @cached_property
    def _shipped(self) -> str:
        with self.stack.context.waiting("the edges' image is pushed"):
            return self._shipping.ship(self._image)

    @property
    def _architecture(self) -> str:
        """Of the image; empty while it is not here."""
        if not self.stack.edge_image.id:
            return ""
        asked = ("image", "inspect", "--format", "{{.Architecture}}", self._image)
        return self.stack.docker.ask(*asked).strip()

    def _secret(self, edge: Edge, there: frozenset[str]) -> str:
        directory = Directories(self.stack.context.platform.edges_folder).of(edge)
        content = edge_package.packed(directory)
        name = edge_package.name_of(self.deployed.name, edge.name, content)
        if name not in there:
            labels = (label_of(self.stack.context.fleet.id), f"{_OF_EDGE}={edge.name}")
            with tempfile.NamedTemporaryFile(dir=self.stack.context.state.folder) as file:  # mode 0600
                file.write(content)
                file.flush()
                self.deployed.make_secret(name, Path(file.name), labels)
        return name
