"""A platform's ``config.d`` compiled into Jinja templates, and one edge's files rendered from them.

Compiling happens once, and finds every fault of a template before anything is written. To render an edge is then
to fill in its PIDs, its apikey and the backend's uri. These are the rules:

- the directory of a generated file follows its PID, for Felix silently ignores a file anywhere else;
- a factory file named by a UUID gets a new one; others (``rrd4j0``, logging, DynamicBindings) keep their name;
- every PID of the template is replaced wherever it stands in a string (LDAP filters), whole PIDs only;
- singletons that a running edge writes by itself (``Core/*``, ``Ess/Power``, …) belong to no template; one that
  somebody configured is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters import rendering
from edge_tasks.checkout.template_file import ParsedFile, SourceFile, parse
from edge_tasks.errors import SettingsError
from edge_tasks.openems import felix
from edge_tasks.openems.configuration import BACKEND, Component, as_flag
from edge_tasks.openems.households import household_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePosixPath

    from edge_tasks.fleet.identity import Edge

_GENERATION: Final = 1
"""Raise it when the same template and edge give other files than before. Then all are written again."""
_KINDS: Final = 16


@dataclass(frozen=True)
class _File:
    pid: str | None
    renewed: bool
    path: PurePosixPath
    source: str
    has_apikey: bool

    def path_for(self, edge: Edge) -> PurePosixPath:
        """Its path below the config directory of an edge."""
        return felix.path_of(edge.new_pid(self.pid)) if self.pid and self.renewed else self.path

    @cached_property
    def template(self) -> rendering.Template:
        """The template, compiled on first use: most commands only ask what is in it."""
        return rendering.compiled(self.source)


@dataclass(frozen=True)
class Template:
    """A compiled ``config.d``.

    Attributes:
        digest: of everything that was read; the same template always has the same one.
        components: what the template configures, sorted by id.
        moved: files whose directory did not follow their PID, as (where found, where an edge gets it).
        left_out: singletons found in the template that a running edge writes by itself.
        ignored: files that macOS has put beside those of the template.
    """

    files: tuple[_File, ...]
    digest: str
    components: tuple[Component, ...]
    moved: tuple[tuple[PurePosixPath, PurePosixPath], ...]
    left_out: tuple[PurePosixPath, ...]
    ignored: tuple[PurePosixPath, ...] = ()

    def render(self, edge: Edge, uri: str) -> dict[PurePosixPath, str]:
        """The files of one edge, by path below its config directory."""
        pids = {file.pid: edge.new_pid(file.pid) for file in self.files if file.pid and file.renewed}
        return {
            file.path_for(edge): rendering.render(
                file.template, pid=pids, apikey=felix.quote(edge.apikey), uri=felix.quote(uri)
            )
            for file in self.files
        }

    @cached_property
    def folders(self) -> tuple[PurePosixPath, ...]:
        """The folders below an edge's config directory: the same for every edge."""
        parents = {file.path.parent for file in self.files}
        return tuple(sorted(parent for parent in parents if parent.parts))

    def paths(self, edge: Edge) -> tuple[PurePosixPath, ...]:
        """Where the files of one edge lie below its config directory."""
        return tuple(file.path_for(edge) for file in self.files)

    def backend_path(self, edge: Edge) -> PurePosixPath:
        """Which of them has the edge's apikey."""
        return next(file.path_for(edge) for file in self.files if file.has_apikey)

    def inputs(self, edge: Edge, uri: str) -> str:
        """A digest of everything that an edge's files are made of. It does not reveal the apikey."""
        parts = (
            str(_GENERATION).encode(),
            self.digest.encode(),
            edge.seed,
            edge.apikey.encode(),
            uri.encode(),
        )
        return hashlib.sha256(b"\0".join(parts)).hexdigest()


def compile_template(sources: Iterable[SourceFile], folder: str, households: int = 0) -> Template:
    """Compile what was read from ``folder``, which is only named in messages, with so many households added.

    Raises:
        SettingsError: a file that Felix would ignore, two files of one PID, no Backend controller or two of
            them, a template without files; with file and line.
    """
    return _compile(tuple(sorted(sources, key=lambda source: source.path)), folder, households)


@lru_cache(maxsize=_KINDS)
def _compile(sources: tuple[SourceFile, ...], folder: str, households: int) -> Template:
    """Compile them, once for the same files: a call reads them before it has the platform's lock and again."""
    parsed = [parse(source, folder) for source in sources]
    kept = [file for file in parsed if not file.is_written_by_edge]
    if not kept:
        raise SettingsError(f"{folder} has no .config files", hint="name a platform with an edge template")
    kept += _households(kept, households)
    _check_unique(kept, folder)
    backend = _backend(kept, folder)
    renewed = [file.pid for file in kept if file.pid and file.renewed]
    return Template(
        files=tuple(_compiled(file, renewed, is_backend=file is backend) for file in kept),
        digest=_digest(kept),
        components=tuple(sorted(_components(kept), key=lambda component: component.id)),
        moved=tuple((file.source.path, file.target) for file in kept if file.source.path != file.target),
        left_out=tuple(file.source.path for file in parsed if file.is_written_by_edge),
    )


def check_rendered(files: Mapping[PurePosixPath, str]) -> None:
    """Check an edge's files against Felix's rule, without anything that the generator knows.

    Raises:
        AssertionError: a file does not parse, or is not where its PID says. That is a bug in edge-tasks.
    """
    for path, text in files.items():
        pid = felix.parse(text).string("service.pid")
        if pid is None and path.name == felix.DYNAMIC_BINDINGS:
            continue
        if pid is None or felix.path_of(pid) != path:
            raise AssertionError(f"{path}: its service.pid is {pid!r}, Felix would ignore it")


def _households(files: list[ParsedFile], count: int) -> list[ParsedFile]:
    taken = {own_id for file in files if (own_id := file.document.string("id"))}
    return [parse(SourceFile(*file), "households") for file in household_files(taken, count)]


def _check_unique(files: list[ParsedFile], folder: str) -> None:
    first: dict[str, ParsedFile] = {}
    for file in files:
        if file.pid is None:
            continue
        other = first.setdefault(file.pid.lower(), file)
        if other is not file:
            raise SettingsError(
                f"{folder}: {other.source.path} and {file.source.path} both have service.pid {file.pid}",
                hint="remove one of them, or give it a PID of its own",
            )


def _backend(files: list[ParsedFile], folder: str) -> ParsedFile:
    found = [file for file in files if file.document.string("service.factoryPid") == BACKEND]
    if len(found) != 1:
        names = ", ".join(str(file.source.path) for file in found) or "none found"
        raise SettingsError(
            f"{folder}: an edge needs exactly one {BACKEND} ({names})",
            hint="edge-tasks writes the apikey and the backend's uri into it",
        )
    enabled = found[0].document.find("enabled")
    if enabled is not None and not as_flag(enabled.value, default=True):
        raise SettingsError(
            f"{folder}/{found[0].source.path}:{enabled.line}: the {BACKEND} is not enabled",
            hint='an edge would never connect: set enabled=B"true"',
        )
    return found[0]


def _compiled(file: ParsedFile, pids: list[str], *, is_backend: bool) -> _File:
    spots = [(start, end, f"pid['{pid}']") for start, end, pid in file.document.occurrences(pids)]
    missing = []
    for name in ("apikey", "uri") if is_backend else ():
        found = file.document.find(name)
        if found is None:
            missing.append(name)
        else:
            spots = [spot for spot in spots if not found.start <= spot[0] < found.end]
            spots.append((found.start, found.end, name))
    source = _with_placeholders(file.document.text, sorted(spots))
    for name in missing:
        source += rendering.literal("" if source.endswith("\n") else "\n")
        source += rendering.literal(f"{name}=") + rendering.placeholder(name) + rendering.literal("\n")
    return _File(file.pid, file.renewed, file.target, source, is_backend)


def _with_placeholders(text: str, spots: list[tuple[int, int, str]]) -> str:
    parts = []
    position = 0
    for start, end, expression in spots:
        parts += [rendering.literal(text[position:start]), rendering.placeholder(expression)]
        position = end
    return "".join([*parts, rendering.literal(text[position:])])


def _components(files: list[ParsedFile]) -> Iterable[Component]:
    for file in files:
        component_id = file.document.string("id")
        factory_pid = file.document.string("service.factoryPid")
        if file.pid and component_id and factory_pid:
            alias = file.document.string("alias") or ""
            yield Component(component_id, factory_pid, file.pid, alias, file.document.values())


def _digest(files: list[ParsedFile]) -> str:
    digest = hashlib.sha256()
    for file in files:
        for part in (str(file.source.path), file.source.text):
            digest.update(len(part.encode()).to_bytes(8, "big") + part.encode())
    return digest.hexdigest()
