"""Which images must be built or fetched, from what is here and what they were built from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.plan import some

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from edge_tasks.openems.artifacts import Artifact
    from edge_tasks.runtimes.plans import ImagesToMake


@dataclass(frozen=True)
class BuildContext:
    """What an image is built from.

    Attributes:
        folder: with its files.
        digest: of them, and of the images that it stands on.
        newest: when the newest of these was made, seconds since 1970.
    """

    folder: Path
    digest: str
    newest: float


@dataclass(frozen=True)
class Origin:
    """Where an image that we have not built comes from.

    Attributes:
        created: seconds since 1970.
        by_compose: Compose built it, of what is not known.
    """

    created: float
    by_compose: bool


@dataclass(frozen=True)
class ImageFacts:
    """What was found.

    Attributes:
        names: service → the image that it needs.
        here: image → id, of those that are here.
        contexts: service → what its image is built from, of those that are built.
        built: service → (digest of the context, id of the image) when we built it last.
        origins: service → origin, of images that are here and that we have not built.
    """

    names: Mapping[str, str]
    here: Mapping[str, str]
    contexts: Mapping[str, BuildContext]
    built: Mapping[str, tuple[str, str | None]]
    origins: Mapping[str, Origin]

    @property
    def missing(self) -> tuple[str, ...]:
        """Images that are not here."""
        return tuple(image for image in self.names.values() if image not in self.here)


def to_build(facts: ImageFacts, downloads: tuple[Artifact, ...]) -> tuple[str, ...]:
    """Services whose image is not here, or was built of something else than what will be there."""
    return tuple(
        service
        for service, context in facts.contexts.items()
        if any(artifact.path.is_relative_to(context.folder) for artifact in downloads)
        or facts.names[service] not in facts.here
        or _is_stale(facts, service, context)
    )


def to_fetch(facts: ImageFacts) -> tuple[str, ...]:
    """Services whose image is not here and is not built."""
    return tuple(
        service
        for service, image in facts.names.items()
        if image not in facts.here and service not in facts.contexts
    )


def changes_of(planned: ImagesToMake, names: Mapping[str, str]) -> tuple[str, ...]:
    """One line for each change, for ``inv plan``; ``names`` has the image of each service."""
    return (
        *(f"download {artifact.origin}" for artifact in planned.download),
        *([f"build {some(tuple(names[service] for service in planned.build))}"] if planned.build else []),
        *([f"fetch {some(tuple(names[service] for service in planned.fetch))}"] if planned.fetch else []),
        *(["install the light edges' program"] if planned.install_program else []),
        *(["unpack the edges' bundles"] if planned.unpack_bundles else []),
    )


def _is_stale(facts: ImageFacts, service: str, context: BuildContext) -> bool:
    """We built it from something else, Compose did from unknown files, or somebody did before the newest file."""
    built = facts.built.get(service)
    if built is not None:
        return built != (context.digest, facts.here[facts.names[service]])
    origin = facts.origins[service]
    return origin.by_compose or origin.created < context.newest
