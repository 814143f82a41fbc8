"""How nodes of a Swarm get an image: from a registry by its digest, else by its id if they have it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.adapters.docker import Docker

NONE: Final = "none"
"""No registry was named."""


@dataclass(frozen=True)
class Shipping:
    """Brings images to where nodes can pull them.

    Attributes:
        registry: ``HOST[:PORT][/PREFIX]``, or :data:`NONE`.
    """

    docker: Docker
    registry: str

    def mark(self, image: str) -> str:
        """What distinguishes the image as nodes get it."""
        return f"{self.docker.images((image,)).get(image, '')} {self.registry}"

    def ship(self, image: str) -> str:
        """What the nodes are to call an image; it is pushed if a registry was named.

        By an id, a node takes exactly the image that is here, and asks no registry for it.

        Raises:
            CommandFailed: the image is not here, or the registry refuses it.
        """
        if self.registry == NONE:
            return next(iter(self._digests(image)), "") or self._id(image)
        name = name_in(self.registry, image)
        self.docker.run("tag", image, name)
        self._push(name, image)
        repository = repository_of(name)
        return next(found for found in self._digests(name) if found.startswith(f"{repository}@"))

    def ship_if_named(self, image: str) -> str:
        """The same if a registry was named; else empty, and nodes find the image by its own name."""
        return "" if self.registry == NONE else self.ship(image)

    def _push(self, name: str, image: str) -> None:
        try:
            self.docker.run("push", "--quiet", name)
        except CommandFailed as error:
            host = self.registry.partition("/")[0]
            hint = f"docker login {host}; or name another one: --image-registry HOST:PORT"
            said = f"{self.registry} did not take the image {image}: {error.message}"
            raise CommandFailed(said, hint=hint) from None

    def _digests(self, image: str) -> list[str]:
        """``repository@sha256:…`` of each registry that has it."""
        found: list[str] | None = json.loads(
            self.docker.ask("image", "inspect", "--format", "{{json .RepoDigests}}", image)
        )
        return found or []

    def _id(self, image: str) -> str:
        return self.docker.ask("image", "inspect", "--format", "{{.Id}}", image).strip()


def name_in(registry: str, image: str) -> str:
    """The name of an image in a registry: ``docker.io/library/python:3.12`` is ``HOST/python:3.12`` there."""
    repository, tag = repository_of(image), image.removeprefix(repository_of(image)).partition("@")[0]
    return f"{registry.rstrip('/')}/{repository.rpartition('/')[2]}{tag or ':latest'}"


def repository_of(image: str) -> str:
    """The name of an image without its tag and digest; a port of its registry is no tag."""
    name = image.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


def to_load(image: str, nodes: Sequence[str]) -> str:
    """What to type so that nodes have an image."""
    commands = "; ".join(f"docker save {image} | ssh {node} docker load" for node in nodes)
    return f"{commands}; or a registry that all nodes reach: --image-registry HOST:PORT"
