"""The names that images have here only because they were pushed to a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.swarm.shipping import name_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.adapters.docker import Docker


def remove_pushed_names(docker: Docker, registry: str, images: Sequence[str]) -> tuple[str, ...]:
    """Remove them, and return those that stay; each image stays under its own name, and in the registry.

    Args:
        docker: of the manager.
        registry: to which they were pushed.
        images: by their own names.
    """
    names = {image: name_in(registry, image) for image in images}
    here = docker.images((*names, *names.values()))
    pushed = (
        name for image, name in names.items() if name != image and name in here and here[name] == here.get(image)
    )
    return tuple(name for name in pushed if not _is_removed(docker, name))


def _is_removed(docker: Docker, name: str) -> bool:
    try:
        docker.run("image", "rm", name)
    except CommandFailed:  # a name is not worth a purge that ends half-way
        return False
    return True
