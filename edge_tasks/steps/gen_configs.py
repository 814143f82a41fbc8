"""``inv gen-configs``: a config directory for each edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.template import check_rendered
from edge_tasks.errors import SettingsError
from edge_tasks.plan import Plan, counted, some
from edge_tasks.steps.differences import of_configs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from edge_tasks.checkout.template import Template
    from edge_tasks.fleet.directories import Directories
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.output import Output


_CONFIG: Final = ".config"
_NOT_THERE: Final = "not there yet"
_ADOPTED: Final = "not made by edge-tasks, but replaced because of --adopt"
_OTHER_INPUTS: Final = "made of another template, apikey or backend address"


@dataclass(frozen=True)
class Differing:
    """What must be written and removed.

    Attributes:
        stale: edges whose directory is missing, was made of other inputs, or was damaged since.
        surplus: directories of a larger earlier fleet.
        foreign: those that somebody else made where the fleet's are to be.
    """

    stale: tuple[Edge, ...]
    surplus: tuple[str, ...]
    foreign: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GenConfigs:
    """Brings the config directories to what the template makes of the fleet.

    Attributes:
        template_of: an edge's template: the platform's with the edge's households.
        uri: where the edges connect to.
        directories: as they lie on the disk.
        edges: those that are to have a directory.
        may_stay: names of directories that are left alone where they are.
        claim: makes what edges wrote in our directories, and in those that are adopted, removable.
        adopt: directories that we did not make are replaced.
        force: all are written again.
        as_made: those are written again of which an edge, or somebody, has changed a file.
    """

    template_of: Callable[[Edge], Template]
    uri: str
    directories: Directories
    edges: tuple[Edge, ...]
    may_stay: frozenset[str]
    claim: Callable[[Collection[str]], None]
    output: Output
    adopt: bool = False
    force: bool = False
    as_made: bool = False

    def find(self) -> Plan[Differing]:
        """Which directories were made of other inputs, or are of a larger earlier fleet.

        Raises:
            SettingsError: a directory in the way was not made by us.
        """
        stamps = self.directories.stamps()
        foreign = frozenset(edge.directory for edge in self.edges if stamps.get(edge.directory, "") is None)
        self._refuse_foreign(foreign)
        reasons = {edge: why for edge in self.edges if (why := self._why_stale(edge, stamps))}
        ours = {name for name, stamp in stamps.items() if stamp is not None}
        surplus = tuple(sorted(ours - self.may_stay))
        changes = [*self._told(reasons), *([f"remove {some(surplus)}"] if surplus else [])]
        sentence = f"{counted(len(self.edges), 'directory', 'directories')} up to date"
        return Plan(tuple(changes), sentence, Differing(tuple(reasons), surplus, foreign))

    def apply(self, plan: Plan[Differing]) -> str:
        """Write what is stale, remove what is surplus, and what an interrupted run left."""
        stale, surplus = plan.details.stale, plan.details.surplus
        self.claim(plan.details.foreign)
        with self.output.progress("gen-configs", len(stale) + len(surplus), "directories") as progress:
            for done, edge in enumerate(stale, 1):
                self._write(edge)
                progress(done)
            for done, name in enumerate(surplus, len(stale) + 1):
                self.directories.remove(name)
                progress(done)
        self.directories.remove_halves()
        if stale:
            self._tell_of_template(self.template_of(stale[0]))
        return f"{len(stale)} written, {len(self.edges) - len(stale)} kept, {len(surplus)} removed"

    def _tell_of_template(self, template: Template) -> None:
        for before, after in template.moved:
            self.output.line(f"  Felix ignores {before} where it is; the edges get it as {after}")
        if left_out := tuple(map(str, template.left_out)):
            self.output.line(f"  left out, as each edge writes it by itself: {some(left_out)}")
        if ignored := tuple(map(str, template.ignored)):
            self.output.line(f"  ignored, as macOS wrote it and no edge reads it: {some(ignored)}")

    def _write(self, edge: Edge) -> None:
        files = self.template_of(edge).render(edge, self.uri)
        check_rendered(files)
        self.directories.write(edge, files, self._inputs(edge))

    def _why_stale(self, edge: Edge, stamps: Mapping[str, str | None]) -> str:
        """Why its directory must be written; empty if it has every file, its own apikey and the backend's uri.

        Anything else in the files may have been changed by the edge itself, which rewrites some of them.
        """
        stamp = stamps.get(edge.directory, "")
        if stamp != self._inputs(edge):
            return _NOT_THERE if stamp == "" else _ADOPTED if stamp is None else _OTHER_INPUTS
        template = self.template_of(edge)
        keyed = template.backend_path(edge)
        if not self.directories.is_untouched(edge, (*template.folders, keyed)):
            missing = self.directories.missing(edge, template.paths(edge))
            if missing:
                return f"without {some(tuple(map(str, missing)))}"
            apikey, uri = self.directories.login(edge, keyed)
            if apikey != edge.apikey:
                return "with another apikey"
            if uri != self.uri:
                return "with another address of the backend"
        if self.force:
            return "written again because of --force"
        return "changed since it was written" if self.as_made and self._is_changed(edge) else ""

    def _is_changed(self, edge: Edge) -> bool:
        files = self.template_of(edge).render(edge, self.uri)
        try:
            return self.directories.texts(edge) != {path: files[path] for path in files if path.suffix == _CONFIG}
        except SettingsError:
            return True

    def _told(self, reasons: Mapping[Edge, str]) -> Iterator[str]:
        """A line for each reason; where the inputs differ, also what that changes in the first directory."""
        by_reason: dict[str, list[Edge]] = {}
        for edge, why in reasons.items():
            by_reason.setdefault(why, []).append(edge)
        for why, edges in by_reason.items():
            more = self._differences(edges[0]) if why == _OTHER_INPUTS else ""
            yield f"write {some(tuple(edge.directory for edge in edges))}: {why}{more}"

    def _differences(self, edge: Edge) -> str:
        try:
            before = self.directories.texts(edge)
        except SettingsError:
            return ""
        found = of_configs(before, self.template_of(edge).render(edge, self.uri))
        return f"; {edge.directory}: {found}" if found else ""

    def _inputs(self, edge: Edge) -> str:
        return self.template_of(edge).inputs(edge, self.uri)

    def _refuse_foreign(self, names: Collection[str]) -> None:
        if names and not self.adopt:
            raise SettingsError(
                f"{self.directories.folder} has {some(tuple(sorted(names)))}, not made by edge-tasks",
                hint="move them away, or replace them with --adopt",
            )
