"""``inv gen-configs``: a config directory for each edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.checkout.template import check_rendered
from edge_tasks.errors import SettingsError
from edge_tasks.plan import Plan, counted, some

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edge_tasks.checkout.template import Template
    from edge_tasks.fleet.directories import Directories
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.output import Output


@dataclass(frozen=True)
class Differing:
    """What must be written and removed.

    Attributes:
        stale: edges whose directory is missing, was made of other inputs, or was damaged since.
        surplus: directories of a larger earlier fleet.
    """

    stale: tuple[Edge, ...]
    surplus: tuple[str, ...]


@dataclass(frozen=True)
class GenConfigs:
    """Brings the config directories to what the template makes of the fleet.

    Attributes:
        template: the platform's.
        uri: where the edges connect to.
        directories: as they lie on the disk.
        edges: those that are to have a directory.
        may_stay: names of directories that are left alone where they are.
        claim: makes what edges wrote in their directories removable.
        adopt: directories that we did not make are replaced.
        force: all are written again.
    """

    template: Template
    uri: str
    directories: Directories
    edges: tuple[Edge, ...]
    may_stay: frozenset[str]
    claim: Callable[[], None]
    output: Output
    adopt: bool = False
    force: bool = False

    def find(self) -> Plan[Differing]:
        """Which directories were made of other inputs, or are of a larger earlier fleet.

        Raises:
            SettingsError: a directory in the way was not made by us.
        """
        stamps = self.directories.stamps()
        self._refuse_foreign({edge.directory for edge in self.edges if stamps.get(edge.directory, "") is None})
        stale = tuple(edge for edge in self.edges if self.force or not self._is_whole(edge, stamps))
        ours = {name for name, stamp in stamps.items() if stamp is not None}
        surplus = tuple(sorted(ours - self.may_stay))
        changes = [
            *([f"write {some(tuple(edge.directory for edge in stale))}"] if stale else []),
            *([f"remove {some(surplus)}"] if surplus else []),
        ]
        return Plan(
            tuple(changes),
            f"{counted(len(self.edges), 'directory', 'directories')} up to date",
            Differing(stale, surplus),
        )

    def apply(self, plan: Plan[Differing]) -> str:
        """Write what is stale, remove what is surplus, and what an interrupted run left."""
        stale, surplus = plan.details.stale, plan.details.surplus
        self.claim()
        with self.output.progress("gen-configs", len(stale) + len(surplus), "directories") as progress:
            for done, edge in enumerate(stale, 1):
                self._write(edge)
                progress(done)
            for done, name in enumerate(surplus, len(stale) + 1):
                self.directories.remove(name)
                progress(done)
        self.directories.remove_halves()
        for before, after in self.template.moved if stale else ():
            self.output.line(f"  Felix ignores {before} where it is; the edges get it as {after}")
        return f"{len(stale)} written, {len(self.edges) - len(stale)} kept, {len(surplus)} removed"

    def _write(self, edge: Edge) -> None:
        files = self.template.render(edge, self.uri)
        check_rendered(files)
        self.directories.write(edge, files, self._inputs(edge))

    def _is_whole(self, edge: Edge, stamps: Mapping[str, str | None]) -> bool:
        """Made of the present inputs, with every file in its place, and with the edge's own apikey.

        Anything else in the files may have been changed by the edge itself, which rewrites some of them.
        """
        if stamps.get(edge.directory) != self._inputs(edge):
            return False
        keyed = self.template.backend_path(edge)
        return self.directories.is_untouched(edge, (*self.template.folders, keyed)) or (
            self.directories.have(edge, self.template.paths(edge))
            and self.directories.apikey(edge, keyed) == edge.apikey
        )

    def _inputs(self, edge: Edge) -> str:
        return self.template.inputs(edge, self.uri)

    def _refuse_foreign(self, names: set[str]) -> None:
        if names and not self.adopt:
            raise SettingsError(
                f"{self.directories.folder} has {some(tuple(sorted(names)))}, not made by edge-tasks",
                hint="move them away, or replace them with --adopt",
            )
