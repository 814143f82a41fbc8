"""Stopping, and removing what we made: containers, the database, what root left in our directories."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import text_of, write_file
from edge_tasks.checkout.override import LIGHT_SERVICE
from edge_tasks.errors import CommandFailed, FileRefused, FleetError, NotWritable, SettingsError
from edge_tasks.fleet.directories import Directories
from edge_tasks.fleet.identity import index_of_service
from edge_tasks.runtimes.docker import data_folders, edge_files, hosting, release_files
from edge_tasks.runtimes.docker.config_copies import BACKEND_EDGE_COPY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from edge_tasks.adapters.containers import Container
    from edge_tasks.runtimes.docker.database import PlatformDatabase
    from edge_tasks.runtimes.docker.stack import Stack

_TRACES: Final = frozenset(
    {"odoo_init", "built", "bundles", "light_program", "folders", "volumes", "downloads", "written"}
)
"""Entries of the record that a run leaves before it starts anything: without one there is nothing of ours."""


def stop(stack: Stack, *, is_final: bool = False) -> tuple[str, ...]:
    """Remove all containers of the project; the services that ran.

    Args:
        stack: whose containers.
        is_final: a purge follows, so edges, backend and Odoo are killed: a JVM takes seconds to end by itself.
    """
    found = stack.containers()
    _note_volumes(stack, found)
    if is_final:
        _end_at_once(stack, found)
    if found:
        stack.compose.run("down", "--timeout", "5")
        left = [container.id for container in stack.containers()]
        if left:  # edges of an override that is not there any more
            stack.docker.run("rm", "-f", *left)
        _drop_volumes(stack, found)
        claim(stack)
    return tuple(sorted(container.service for container in found if container.is_running))


def _end_at_once(stack: Stack, found: Sequence[Container]) -> None:
    """Remove edges, with their unnamed volumes, and kill what stores nothing."""
    edges = [one.id for one in found if index_of_service(one.service) is not None]
    others = [one.id for one in found if one.is_running and _stores_nothing(stack, one)]
    for command, ids in ((("rm", "-f", "--volumes"), edges), (("kill",), others)):
        with suppress(CommandFailed):  # one that has ended meanwhile, or is paused, ends by Compose
            if ids:
                stack.docker.run(*command, *ids)


def _stores_nothing(stack: Stack, container: Container) -> bool:
    """Whether it is a service of which nothing is lost when it is killed."""
    if container.service == LIGHT_SERVICE:
        return True
    if not edge_files.is_complete(stack):
        return False
    services = stack.services
    return container.service in {services.backend, services.door, services.odoo} - {services.database}


def purge(stack: Stack, database: PlatformDatabase) -> str:
    """Remove what lies outside our directories; what became of the database, for people.

    A database that we initialised goes, wherever the server keeps its data, and with it the volumes and the
    folders of data that were not there before us. In one that was there before only our rows go. The server is
    started for that. Of a file with devices only our entries go.

    Raises:
        FileRefused: that file cannot be read, so that our entries would stay for ever; nothing was removed.
        NotWritable: the same of one that cannot be written.
    """
    entries = stack.context.state.record.entries()
    if not entries.keys() & _TRACES or _is_of_another_checkout(stack):
        return ""
    made = bool(entries.get("odoo_init"))
    was_there = stack.context.override.exists()
    removed = _remove_entries(stack, database, may_have_some="written" in entries)
    stack.compose.run("down", *(("--volumes",) if made else ()), "--timeout", "5")
    volumes: list[str] = stack.context.state.record.entries().get("volumes", [])
    if made and volumes:
        stack.docker.run("volume", "rm", "-f", *volumes)
    folders_gone = data_folders.remove(stack) if made else ()
    claim(stack)
    if not was_there:
        stack.context.override.unlink(missing_ok=True)
    if stack.context.platform.bundled:
        release_files.remove(stack)
    return ", ".join(filter(None, (removed, *folders_gone)))


def _remove_entries(stack: Stack, database: PlatformDatabase, *, may_have_some: bool) -> str:
    """Without the fleet's id, which goes with the saved fleet, nobody knows our entries in a file any more."""
    try:
        _put_override(stack)
        return database.remove()
    except (FileRefused, NotWritable) as error:
        if may_have_some:
            why = f"{error.message}; it may have entries of this fleet, so nothing was removed"
            raise type(error)(why, hint=error.hint) from None
        return _not_reached(database, error)
    except FleetError as error:
        return _not_reached(database, error)


def _not_reached(database: PlatformDatabase, error: FleetError) -> str:
    return f"nothing in {_what(database)}, which cannot be reached ({error})"


def _what(database: PlatformDatabase) -> str:
    """What the devices are in, for people."""
    try:
        return database.registry.words.holder
    except FleetError:
        return "the registry"


def _is_of_another_checkout(stack: Stack) -> bool:
    """Another checkout has a Compose project of this name: nothing in it is ours."""
    try:
        stack.containers()
    except SettingsError:
        return True
    return False


def _put_override(stack: Stack) -> None:
    """Have our override in place, by which the database is reached: the fleet may run elsewhere by now."""
    wanted = hosting.override(stack)
    for path, text in ((stack.context.override, wanted.text), *wanted.companions.items()):
        if text_of(path) != text:
            write_file(path, text)


@dataclass(frozen=True)
class RootFiles:
    """What containers wrote as root in our directories and the platform's."""

    stack: Stack

    def claim(self, adopted: Collection[str]) -> None:
        """Make the caller the owner of these files."""
        claim(self.stack, adopted)


def claim(stack: Stack, adopted: Collection[str] = ()) -> None:
    """Give what containers wrote as root to the caller, through a container.

    Args:
        stack: whose directories are meant: those that we made, and the folder that the backend writes into.
        adopted: names of edges' directories that somebody else made, and that the caller has replaced.
    """
    if os.geteuid() == 0:
        return
    home, edges = stack.context.platform.path, stack.context.platform.edges_folder
    ours = [edges / name for name in ours_to_claim(Directories(edges), adopted)]
    copies = (stack.backend_files.copy, stack.context.state.folder / BACKEND_EDGE_COPY)
    folders = (*ours, *_written_by_backend(stack), *copies)
    foreign = [folder for folder in folders if _has_foreign(folder)]
    if not foreign:
        return
    image = stack.project.image(stack.own_edge)
    owner = f"{os.geteuid()}:{os.getegid()}"
    mounted = ("-v", f"{home}:/platform", "--entrypoint", "chown", "--user", "0:0", "--network", "none")
    inside = (f"/platform/{folder.relative_to(home)}" for folder in foreign)
    stack.docker.run("run", "--rm", *mounted, image, "-R", owner, *inside)


def _written_by_backend(stack: Stack) -> tuple[Path, ...]:
    """A real backend replaces two files of its configuration, which git may track."""
    if not edge_files.is_complete(stack):
        return ()
    config, home = stack.backend_config, stack.context.platform.path
    is_theirs = config.is_relative_to(home) and str(config) in stack.project.bind_sources()
    return (config,) if is_theirs else ()


def ours_to_claim(directories: Directories, adopted: Collection[str]) -> tuple[str, ...]:
    """The names of edges' directories that may be given to the caller: never one that only has a similar name."""
    return (*directories.ours(), *directories.unfinished(), *sorted(adopted))


def _note_volumes(stack: Stack, found: Iterable[Container]) -> None:
    """Note the unnamed volumes of the platform's services for a purge, while their containers show them."""
    noted = set(stack.context.state.record.entries().get("volumes", []))
    services = (one for one in found if index_of_service(one.service) is None)
    if more := {volume for one in services for volume in one.volumes} - noted:
        stack.context.state.record.note(volumes=sorted(noted | more))


def _drop_volumes(stack: Stack, removed: Iterable[Container]) -> None:
    """Remove the unnamed volumes of edges."""
    edges = (one for one in removed if index_of_service(one.service) is not None)
    if volumes := {volume for one in edges for volume in one.volumes}:
        stack.docker.run("volume", "rm", "-f", *sorted(volumes))


def _has_foreign(folder: Path) -> bool:
    owner = os.geteuid()
    for place, below, files in os.walk(folder):
        if any(Path(place, name).lstat().st_uid != owner for name in (*below, *files)):
            return True
    return False
