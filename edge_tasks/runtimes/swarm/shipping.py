"""How nodes of a Swarm get an image: from a registry by its digest, else by its id if they have it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.adapters.docker import Docker

MANAGER: Final = "manager"
"""The manager gives nodes what is in no registry."""
NONE: Final = "none"
"""Nodes have what is in no registry."""
_HUB: Final = re.compile(r"^(?:index\.)?docker\.io/(?:library/)?|^library/")
_LOGIN: Final = re.compile("denied|unauthorized|authentication", re.IGNORECASE)
_TRUST: Final = re.compile("HTTP response to HTTPS|x509|certificate", re.IGNORECASE)


@dataclass(frozen=True)
class Shipping:
    """Brings images to where nodes can pull them.

    Attributes:
        named: ``HOST[:PORT][/PREFIX]``, :data:`MANAGER` or :data:`NONE`.
        is_built: the image is built here: it is no sign of a registry that it has a digest of one, since engines
            with containerd's images give each a digest.
    """

    docker: Docker
    named: str
    is_built: bool = False

    @property
    def by_manager(self) -> bool:
        """Whether the manager gives nodes what is in no registry."""
        return self.named == MANAGER

    @property
    def registry(self) -> str:
        """The registry; :data:`NONE` without one, whoever gives nodes their images."""
        return NONE if self.by_manager else self.named

    def mark(self, image: str) -> str:
        """What distinguishes the image as nodes get it."""
        return f"{self.docker.images((image,)).get(image, '')} {self.registry}"

    def ship(self, image: str) -> str:
        """What the nodes are to call an image; it is pushed if a registry was named.

        By an id, a node takes exactly the image that is here, and asks no registry for it.

        Raises:
            CommandFailed: the image is not here, or the registry does not take it.
        """
        if self.registry == NONE:
            digest = "" if self.by_manager and self.is_built else self._digest_of(image)
            return digest or self._id(image)
        name = name_in(self.registry, image)
        self.docker.run("tag", image, name)
        self._push(name, image)
        if found := self._digest_of(name):
            return found
        raise CommandFailed(f"Docker does not say by which digest {self.registry} has the image {image}")

    def ship_if_named(self, image: str) -> str:
        """The same if a registry was named; else empty, and nodes find the image by its own name."""
        return "" if self.registry == NONE else self.ship(image)

    def _push(self, name: str, image: str) -> None:
        try:
            self.docker.run("push", "--quiet", name)
        except CommandFailed as error:
            said = f"{self.registry} did not take the image {image}: {error.message}"
            raise CommandFailed(said, hint=_remedy(self.registry.partition("/")[0], error.message)) from None

    def _digest_of(self, name: str) -> str:
        """``repository@sha256:…`` of the image, in the registry that its name says; empty if it is not there."""
        said = self.docker.ask("image", "inspect", "--format", "{{json .RepoDigests}}", name)
        wanted = plain(repository_of(name))
        return next((found for found in json.loads(said) or () if plain(repository_of(found)) == wanted), "")

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


def plain(repository: str) -> str:
    """A repository as Docker shows it: what Docker Hub has needs no host."""
    return _HUB.sub("", repository)


def to_load(image: str, nodes: Sequence[str], called: str) -> str:
    """What to type so that nodes have an image.

    Args:
        image: for people.
        nodes: that lack it.
        called: what the nodes were told to take; with a digest only a registry can give it to them.
    """
    if "@" in called:
        return "; ".join(f"docker -H ssh://{node} pull {called} says why" for node in nodes)
    commands = "; ".join(f"docker save {image} | ssh {node} docker load" for node in nodes)
    return f"{commands}; or a registry that all nodes reach: --image-registry HOST:PORT"


def _remedy(host: str, said: str) -> str:
    """What helps against a push that failed."""
    if _LOGIN.search(said):
        return f"docker login {host}"
    if _TRUST.search(said):
        return f'"insecure-registries": ["{host}"] in daemon.json of every node, or a certificate that they know'
    return "another one: --image-registry HOST:PORT"
