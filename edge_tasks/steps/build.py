"""``inv build``: what the runtime needs is here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.plan import Plan

if TYPE_CHECKING:
    from edge_tasks.output import Output
    from edge_tasks.runtimes.plans import ImagesToMake
    from edge_tasks.runtimes.protocols import Images


@dataclass(frozen=True)
class Build:
    """Builds and fetches what the runtime runs.

    Attributes:
        images: None where nothing is built.
        stands_for: what runs there, for people.
    """

    images: Images | None
    stands_for: str
    output: Output

    def find(self) -> Plan[Plan[ImagesToMake] | None]:
        """What is missing, or is older than what it is made of.

        Raises:
            MissingTool: something that we cannot make is missing; a port is taken.
        """
        if self.images is None:
            return Plan((), self.stands_for, None)
        found = self.images.find()
        return Plan(found.changes, found.unchanged, found)

    def apply(self, plan: Plan[Plan[ImagesToMake] | None]) -> str:
        """Build and fetch it."""
        if self.images is None or plan.details is None:
            return ""
        with self.output.listening("build"):
            return self.images.make(plan.details)
