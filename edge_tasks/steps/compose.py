"""``inv compose``: the compose override with a service for each edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import text_of, write_file
from edge_tasks.checkout.override import is_ours
from edge_tasks.errors import SettingsError
from edge_tasks.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.protocols import Override

_READABLE: Final = 0o644
"""It holds no secret, and people read it."""


@dataclass(frozen=True)
class Texts:
    """What the files are to hold.

    Attributes:
        override: the text of the override.
        companions: private files that it refers to.
    """

    override: str
    companions: Mapping[Path, str]


@dataclass(frozen=True)
class Compose:
    """Brings the override to what the runtime makes of the edges.

    Attributes:
        path: where the override lies.
        override: as the runtime makes it.
        edges: those that get a service.
    """

    path: Path
    override: Override
    edges: tuple[Edge, ...]

    def find(self) -> Plan[Texts]:
        """Compare the files with what they are to be.

        Raises:
            SettingsError: a file of that name is not ours.
        """
        texts = Texts(self.override.text(self.edges), self.override.companions())
        present = text_of(self.path)
        if present is not None and not is_ours(present):
            raise SettingsError(
                f"{self.path} was not made by edge-tasks",
                hint="name another with --override-file docker-compose.edges.yml,"
                " and give both to docker compose -f",
            )
        stale = [path.name for path, text in texts.companions.items() if text_of(path) != text]
        changes = [f"write {name}" for name in (*([self.path.name] if present != texts.override else []), *stale)]
        return Plan(tuple(changes), self._sentence(), texts)

    def apply(self, plan: Plan[Texts]) -> str:
        """Write the files, those with secrets first."""
        for path, secret in plan.details.companions.items():
            write_file(path, secret)
        write_file(self.path, plan.details.override, _READABLE)
        without = sum(edge.ports is None for edge in self.edges)
        note = f", {without} of them without host ports (there are none left)" if without else ""
        return f"{self._sentence()}{note}"

    def _sentence(self) -> str:
        return f"{self.path.name}, {len(self.edges)} services"
