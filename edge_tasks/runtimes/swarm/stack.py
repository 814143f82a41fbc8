"""The platform's Compose project beside a Swarm."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.swarm import Swarm
from edge_tasks.runtimes.docker.compose import Compose
from edge_tasks.runtimes.docker.stack import Stack
from edge_tasks.runtimes.swarm.light_service import label_of, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.errors import CommandFailed
    from edge_tasks.runtimes.context import RuntimeContext

_NOT_LET_IN: Final = "attaching to network failed"


@dataclass(frozen=True)
class JoinedCompose(Compose):
    """Compose with containers that are in a network of the Swarm.

    Attributes:
        overlay: that network; Compose takes it as given, so it is made before anything starts.
        label: that it gets.
    """

    overlay: str = ""
    label: str = ""

    def up(self, services: Sequence[str], *, parallel: int) -> None:
        """The same, when the network is there."""
        self.make_network()
        super().up(services, parallel=parallel)

    def _mends(self, error: CommandFailed) -> bool:
        """Also if a manager let no container into the network within Docker's 20 s: the next time it does."""
        return _NOT_LET_IN in error.message or super()._mends(error)

    def make_network(self) -> None:
        """Make the network, if it is missing."""
        swarm = Swarm(self.docker)
        if not swarm.has_left and not swarm.has_network(self.overlay):  # else only what a purge needs is started
            swarm.make_network(self.overlay, self.label)


class SwarmStack(Stack):
    """The same project, of which the backend is in the edges' network, too."""

    def __init__(self, context: RuntimeContext) -> None:
        super().__init__(context)
        # Nodes unpack the bundles of a jar by themselves, and the scheduler knows their memory.
        self.options = replace(self.options, overlay=name_of(context.fleet.id), unpacks_bundles=False, force=True)
        # Each process is a task, wherever there is a core for it.
        self.light_options = replace(self.light_options, cores=context.fleet.size)
        self.swarm = Swarm(self.docker)

    @cached_property
    def compose(self) -> JoinedCompose:
        """The user's files and our override."""
        found = super().compose
        as_found = {one.name: getattr(found, one.name) for one in fields(found)}
        label = label_of(self.context.fleet.id)
        return JoinedCompose(**as_found, overlay=self.options.overlay, label=label)
