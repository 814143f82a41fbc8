"""The names that images have here only because they were pushed to a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.runtimes.swarm.shipping import NONE, name_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.adapters.docker import Docker


def remove_pushed_names(docker: Docker, registry: str, images: Sequence[str]) -> None:
    """Remove them; each image stays under its own name, and what the registry has stays there.

    Args:
        docker: of the manager.
        registry: to which they were pushed, or :data:`.NONE`.
        images: by their own names.
    """
    if registry == NONE:
        return
    names = {image: name_in(registry, image) for image in images}
    here = docker.images((*names, *names.values()))
    for image, name in names.items():
        if name != image and name in here and here[name] == here.get(image):
            docker.run("image", "rm", name)
