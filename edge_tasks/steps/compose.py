"""``inv compose``: the compose override with a service for each edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import text_of, write_file
from edge_tasks.checkout.edge_findings import check_override
from edge_tasks.checkout.override import READABLE
from edge_tasks.errors import SettingsError
from edge_tasks.plan import Plan, counted
from edge_tasks.steps.differences import of_services

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.plans import Override
    from edge_tasks.runtimes.protocols import Services

_NOT_THERE: Final = "not there yet"


@dataclass(frozen=True)
class Compose:
    """Brings the override to what the runtime makes of the edges.

    Attributes:
        path: where the override lies.
        services: know what it is to hold.
        edges: those that get a service.
    """

    path: Path
    services: Services
    edges: tuple[Edge, ...]

    def find(self) -> Plan[Override]:
        """Compare the files with what they should be.

        Raises:
            SettingsError: a file of that name is not ours.
        """
        wanted = self.services.override()
        present = text_of(self.path)
        for found in check_override(present, self.path):
            raise SettingsError(f"{found.where}: {found.what}", hint=found.change)
        changes = [f"write {self.path.name}: {_differences(present, wanted.text)}"] * (present != wanted.text)
        for path, text in wanted.companions.items():
            if (before := text_of(path)) != text:
                changes.append(f"write {path.name}: {_NOT_THERE if before is None else 'other values'}")
        return Plan(tuple(changes), self._sentence(), wanted)

    def apply(self, plan: Plan[Override]) -> str:
        """Write the files, those with secrets first."""
        for path, secret in plan.details.companions.items():
            write_file(path, secret)
        write_file(self.path, plan.details.text, READABLE)
        without = sum(edge.ports is None for edge in self.edges)
        note = f", {without} of them without host ports (no more are free)" if without else ""
        return f"{self._sentence()}{note}"

    def _sentence(self) -> str:
        return f"{self.path.name}, {counted(len(self.edges), 'service')}"


def _differences(present: str | None, wanted: str) -> str:
    if present is None:
        return _NOT_THERE
    return of_services(present, wanted) or "the same services, written differently"
