"""Stopping, and removing what we made: containers, the database, what root left in our directories."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import directories
from edge_tasks.errors import FleetError
from edge_tasks.fleet.identity import DIRECTORY_PREFIX, index_of_service
from edge_tasks.registry.odoo import table
from edge_tasks.runtimes.docker import data_folders, release_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.adapters.containers import Container
    from edge_tasks.runtimes.docker.odoo_database import OdooDatabase
    from edge_tasks.runtimes.docker.stack import Stack


def stop(stack: Stack) -> tuple[str, ...]:
    """Remove all containers of the project; the services that ran."""
    found = stack.containers()
    if found:
        stack.compose.run("down", "--timeout", "5")
        left = [container.id for container in stack.containers()]
        if left:  # edges of an override that is not there any more
            stack.docker.run("rm", "-f", *left)
        _drop_volumes(stack, found)
        claim(stack)
    return tuple(sorted(container.service for container in found if container.is_running))


def purge(stack: Stack, database: OdooDatabase) -> str:
    """Remove what lies outside our directories; what became of the database, for people.

    A database that we initialised goes, wherever the server keeps its data, and with it the volumes and the
    folders of data that were not there before us. In one that was there before only our rows go. The server is
    started for that.
    """
    made = bool(stack.context.state.record.entries().get("odoo_init"))
    try:
        database.start_server()
        removed = _remove_database(stack) if made else database.registry.remove()
    except FleetError as error:
        removed = f"nothing in the database, which cannot be reached ({error})"
    stack.compose.run("down", *(("--volumes",) if made else ()), "--timeout", "5")
    volumes: list[str] = stack.context.state.record.entries().get("volumes", [])
    if made and volumes:
        stack.docker.run("volume", "rm", "-f", *volumes)
    folders_gone = data_folders.remove(stack) if made else ()
    claim(stack)
    if stack.context.platform.bundled:
        release_files.remove(stack)
    return ", ".join((removed, *folders_gone))


@dataclass(frozen=True)
class RootFiles:
    """What containers wrote as root in our directories and the platform's."""

    stack: Stack

    def claim(self) -> None:
        """Make the caller the owner of these files."""
        claim(self.stack)


def claim(stack: Stack) -> None:
    """Give what containers wrote as root in our directories to the caller, through a container."""
    if os.geteuid() == 0:
        return
    home, edges = stack.context.platform.path, stack.context.platform.edges_folder
    ours = [edges / name for name in directories(edges) if DIRECTORY_PREFIX in name]
    config = stack.backend_config  # a real backend replaces two files of it, which git may track
    theirs = [config] if config.is_relative_to(home) and str(config) in stack.project.bind_sources() else []
    foreign = [folder for folder in (*ours, *theirs, stack.corrected_config) if _has_foreign(folder)]
    if not foreign:
        return
    image = stack.project.image(stack.services.edge)
    owner = f"{os.geteuid()}:{os.getegid()}"
    mounted = ("-v", f"{home}:/platform", "--entrypoint", "chown", "--user", "0:0", "--network", "none")
    inside = (f"/platform/{folder.relative_to(home)}" for folder in foreign)
    stack.docker.run("run", "--rm", *mounted, image, "-R", owner, *inside)


def _drop_volumes(stack: Stack, removed: Iterable[Container]) -> None:
    """Remove the unnamed volumes of edges; note those of the platform's services for a purge."""
    of_edges: set[str] = set()
    others = set(stack.context.state.record.entries().get("volumes", []))
    for container in removed:
        (others if index_of_service(container.service) is None else of_edges).update(container.volumes)
    if of_edges:
        stack.docker.run("volume", "rm", "-f", *sorted(of_edges))
    if others:
        stack.context.state.record.note(volumes=sorted(others))


def _has_foreign(folder: Path) -> bool:
    owner = os.geteuid()
    for place, below, files in os.walk(folder):
        if any(Path(place, name).lstat().st_uid != owner for name in (*below, *files)):
            return True
    return False


def _remove_database(stack: Stack) -> str:
    table.drop_database(stack.database)
    return f"the database {stack.database.name}"
