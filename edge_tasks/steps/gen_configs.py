"""``inv gen-configs``: a config directory for each edge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import directories, remove_directory, replace_directory
from edge_tasks.checkout.template import check_rendered
from edge_tasks.errors import SettingsError
from edge_tasks.plan import Plan, some
from edge_tasks.runtimes.plans import Written

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.identity import Edge

STAMP: Final = ".edge-tasks"
"""In each directory: the digest of what it was made of. Felix reads only ``*.config``."""

_DIRECTORY: Final = re.compile(r"config-edge([0-9]+)")
_HALF: Final = re.compile(r"\.config-edge[0-9]+\.(new|old)")


@dataclass(frozen=True)
class _Found:
    stale: tuple[Edge, ...]
    surplus: tuple[str, ...]


def find(session: Session) -> Plan[_Found]:
    """Which directories were made of other inputs, or are of a larger earlier fleet.

    Raises:
        SettingsError: a directory in the way was not made by us.
    """
    folder = session.platform.edges_folder
    uri = session.runtime.backend.uri
    inputs = {edge.directory: session.template.inputs(edge, uri) for edge in _edges(session)}
    present = {name for name in (directories(folder) if folder.is_dir() else ()) if _DIRECTORY.fullmatch(name)}
    stamps = {name: stamp_of(folder / name) for name in present}
    _refuse_foreign(session, {name for name in inputs if stamps.get(name, "") is None})
    stale = tuple(edge for edge in _edges(session) if stamps.get(edge.directory) != inputs[edge.directory])
    if session.options.get("force") and "gen-configs" in session.typed and "gen-configs" not in session.done:
        stale = _edges(session)
    ours = {
        edge.directory for edge in session.edges
    }  # those of light edges may stay: gen-configs --all made them
    surplus = tuple(sorted(name for name in present - ours if stamps[name] is not None))
    changes = [
        *([f"write {some(tuple(edge.directory for edge in stale))}"] if stale else []),
        *([f"remove {some(surplus)}"] if surplus else []),
    ]
    return Plan(tuple(changes), f"{len(inputs)} directories as they should be", _Found(stale, surplus))


def apply(session: Session, plan: Plan[_Found]) -> str:
    """Write what is stale, remove what is surplus, and what an interrupted run left."""
    found = plan.details
    folder = session.platform.edges_folder
    if session.runtime.ownership is not None:
        session.runtime.ownership.claim()
    with session.console.progress("gen-configs", len(found.stale) + len(found.surplus), "directories") as told:
        for done, edge in enumerate(found.stale, 1):
            _write(session, edge)
            told(done)
        for done, name in enumerate(found.surplus, len(found.stale) + 1):
            remove_directory(folder / name)
            told(done)
    remove_halves(folder)
    for before, after in session.template.moved if found.stale else ():
        session.console.line(f"  {before} lies where Felix ignores it; the edges get it as {after}")
    kept = len(_edges(session)) - len(found.stale)
    return f"{len(found.stale)} written, {kept} kept, {len(found.surplus)} removed"


def _write(session: Session, edge: Edge) -> None:
    files = session.template.render(edge, session.runtime.backend.uri)
    check_rendered(files)
    files[PurePosixPath(STAMP)] = session.template.inputs(edge, session.runtime.backend.uri) + "\n"
    files[PurePosixPath(".gitignore")] = "# edge-tasks: generated, holds an apikey\n*\n"
    replace_directory(session.platform.edges_folder / edge.directory, files)


def _edges(session: Session) -> tuple[Edge, ...]:
    """Light edges have a directory only when asked for: ``gen-configs --all``."""
    wanted = session.options.get("all") and "gen-configs" in session.typed
    return session.edges if wanted else session.fleet.edges_with_directory


def stamp_of(directory: Path) -> str | None:
    """The digest a directory was made of; None when we did not make it."""
    try:
        return (directory / STAMP).read_text().strip()
    except FileNotFoundError:
        return None


def written(directory: Path) -> Written:
    """A directory as it lies on the disk."""
    stamp = directory / STAMP
    return Written(stamp_of(directory) or "", stamp.stat().st_mtime) if stamp.exists() else Written("", 0.0)


def remove_halves(folder: Path) -> None:
    """Remove what an interrupted run left beside the directories."""
    for name in directories(folder):
        if _HALF.fullmatch(name):
            remove_directory(folder / name)


def our_directories(folder: Path) -> tuple[Path, ...]:
    """All config directories that we made, also of an earlier fleet."""
    found = directories(folder) if folder.is_dir() else ()
    return tuple(folder / name for name in found if _DIRECTORY.fullmatch(name) and stamp_of(folder / name))


def _refuse_foreign(session: Session, names: set[str]) -> None:
    if names and not session.options.get("adopt"):
        raise SettingsError(
            f"{session.platform.edges_folder} has {some(tuple(sorted(names)))}, not made by edge-tasks",
            hint="move them away, or let them be replaced with --adopt",
        )
