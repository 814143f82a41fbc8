"""``inv build``: what the runtime needs is here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge_tasks.output import Output
    from edge_tasks.plan import Plan
    from edge_tasks.runtimes.protocols import Images, ImagesToMake


@dataclass(frozen=True)
class Build:
    """Builds and fetches what the runtime runs."""

    images: Images
    output: Output

    def find(self) -> Plan[ImagesToMake]:
        """What is missing, or is older than what it is made of.

        Raises:
            MissingTool: something that we cannot make is missing; a port is taken.
        """
        return self.images.find()

    def apply(self, plan: Plan[ImagesToMake]) -> str:
        """Build and fetch it."""
        with self.output.listening("build"):
            return self.images.make(plan)
