"""Volumes of the platform that have a name: those that our run made are removed with the fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.checkout.project import volumes_of

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.stack import Stack


def remember(stack: Stack) -> None:
    """Note, before anything is started, which of them are there already."""
    noted = stack.context.state.record.entries().get("named_volumes", {})
    found = {name: stack.docker.has_volume(name) for name in _names(stack) - noted.keys()}
    if found:
        stack.context.state.record.note(named_volumes={**noted, **found})


def made(stack: Stack) -> frozenset[str]:
    """The names, as Docker has them, of those that were not there before us."""
    noted = stack.context.state.record.entries().get("named_volumes", {})
    return frozenset(name for name, was_there in noted.items() if not was_there)


def _names(stack: Stack) -> set[str]:
    """Of the services that we start, without those that Compose neither makes nor removes."""
    project = stack.project
    sources = {
        str(volume["source"])
        for service in stack.services.platform
        for volume in volumes_of(project.services[service])
        if volume.get("type") == "volume" and volume.get("source")
    }
    return {project.volume(name) for name in sources - project.external_volumes}
