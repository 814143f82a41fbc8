"""Which images are to be built or fetched."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_tasks.checkout.dockerfile import bases
from edge_tasks.checkout.override import LIGHT_SERVICE
from edge_tasks.checkout.project import plain
from edge_tasks.errors import MissingTool
from edge_tasks.fleet.identity import DIRECTORY_PREFIX
from edge_tasks.fleet.saved import FOLDER
from edge_tasks.plan import Plan, counted, some
from edge_tasks.runtimes.docker import bundles, light_container, release_files

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from edge_tasks.openems.artifacts import Artifact
    from edge_tasks.runtimes.docker.stack import Stack

_NOT_BUILT_FROM = (DIRECTORY_PREFIX, f".{DIRECTORY_PREFIX}", FOLDER, ".git")
"""What lies in a build context and is none of the image's business: our own directories, git's."""


def find(stack: Stack) -> Plan:
    """Compare the images that are here, and what they were built from, with what is needed.

    Raises:
        MissingTool: with ``--skip-build``, images that are not here.
    """
    names = _needed(stack)
    here = stack.docker.images(tuple(names.values()))
    missing = [image for image in names.values() if image not in here]
    skips = "skip_build" in stack.ground.flags
    if skips and missing:
        raise MissingTool(
            f"images are not here: {', '.join(missing)}",
            hint="leave out --skip-build, or docker load them",
        )
    wanted, stale, fetched = ((), (), ()) if skips else _to_make(stack, names, here)
    changes = [
        *(f"download {artifact.url}" for artifact in wanted),
        *([f"build {some(tuple(names[service] for service in stale))}"] if stale else []),
        *([f"fetch {some(tuple(names[service] for service in fetched))}"] if fetched else []),
        *(["install the light edges' program"] if _wants_program(stack) else []),
        *(["unpack the edges' bundles"] if _wants_bundles(stack) else []),
    ]
    unchanged = f"{len(set(names.values()))} images are here"
    return Plan(tuple(changes), unchanged, (wanted, stale, fetched))


def build(stack: Stack) -> str:
    """Build and fetch them; what was done.

    Raises:
        CommandFailed: with the last lines of what docker said.
    """
    did = [] if "skip_build" in stack.ground.flags else [_make(stack)]
    if _wants_program(stack):
        light_container.install(stack)
        did.append("the light edges' program installed")
    if _wants_bundles(stack):
        did.append(bundles.unpack(stack))
    return ", ".join(did)


def _make(stack: Stack) -> str:
    wanted, stale, fetched = find(stack).details
    release_files.fetch_all(stack, wanted)
    if wanted:
        stale, fetched = find(stack).details[1:]
    if stale:
        stack.compose.build(stale)
    of_compose = tuple(service for service in fetched if service != LIGHT_SERVICE)
    if of_compose:
        stack.compose.pull(of_compose)
    if LIGHT_SERVICE in fetched:
        stack.docker.run("pull", "--quiet", light_container.image_of(stack))
    stack.forget_edge_image()
    names = _needed(stack)
    here = stack.docker.images(tuple(names.values()))
    built = {service: [context.digest, here.get(names[service])] for service, context in _contexts(stack).items()}
    stack.ground.state.note(built=built)
    downloaded = f"{counted(len(wanted), 'file')} downloaded, " if wanted else ""
    return f"{downloaded}{counted(len(stale), 'image')} built, {len(fetched)} fetched"


def _wants_program(stack: Stack) -> bool:
    return bool(stack.ground.fleet.light) and not light_container.is_installed(stack)


def _wants_bundles(stack: Stack) -> bool:
    return bool(stack.ground.fleet.full) and bundles.are_wanted(stack) and not bundles.is_looked_at(stack)


def _needed(stack: Stack) -> dict[str, str]:
    services = (*stack.services.platform, stack.services.edge)
    lights = {LIGHT_SERVICE: light_container.image_of(stack)} if stack.ground.fleet.light else {}
    return {**{service: stack.project.image(service) for service in services}, **lights}


@dataclass(frozen=True)
class _Context:
    """What an image is built from: a digest of it, and when the newest of its files or images was made."""

    digest: str
    newest: float


def _to_make(
    stack: Stack, names: Mapping[str, str], here: Mapping[str, str]
) -> tuple[tuple[Artifact, ...], tuple[str, ...], tuple[str, ...]]:
    """Files to download, services whose image is to be built, and those whose image is to be fetched."""
    contexts = _contexts(stack)
    built: dict[str, Any] = stack.ground.state.record().get("built", {})
    stale = tuple(
        service
        for service, context in contexts.items()
        if names[service] not in here
        or _is_stale(stack, built.get(service), context, names[service], here[names[service]])
    )
    fetched = tuple(name for name, image in names.items() if image not in here and name not in contexts)
    return release_files.find(stack), stale, fetched


def _is_stale(stack: Stack, built: list[str] | None, context: _Context, name: str, image: str) -> bool:
    """Built by us of something else; or by Compose of nobody knows what; or by hand before the newest file."""
    if built is not None:
        return built != [context.digest, image]
    created, by_compose = stack.docker.origin(name)
    return by_compose or created < context.newest


def _contexts(stack: Stack) -> dict[str, _Context]:
    """Service → what its image is built from, for those that are built."""
    services = (*stack.services.platform, stack.services.edge)
    builds = {name: build for name in services if (build := stack.project.services[name].get("build"))}
    mounted = frozenset(stack.project.bind_sources())
    return {name: _context(build, _bases(stack, build), mounted) for name, build in builds.items()}


def _bases(stack: Stack, build: Mapping[str, Any]) -> dict[str, tuple[str, float]]:
    """The images that it stands on, as far as they are here: name → id, and when it was made."""
    text = build.get("dockerfile_inline")
    if text is None:
        path = Path(str(build.get("context", "")), str(build.get("dockerfile") or "Dockerfile"))
        text = path.read_text() if path.is_file() else ""
    arguments = {
        name: plain(str(value)) for name, value in (build.get("args") or {}).items() if value is not None
    }
    return stack.docker.made(bases(str(text), arguments))


def _context(
    build: Mapping[str, Any], standing_on: Mapping[str, tuple[str, float]], mounted: Collection[str]
) -> _Context:
    """The digest is of names, sizes and times: a jar of 100 MB is not read each time.

    What is mounted into containers is theirs to write (a backend rewrites two files of its configuration whenever
    it starts), and lies over what the image has.
    """
    newest = max((created for _, created in standing_on.values()), default=0.0)
    ids = {name: found for name, (found, _) in standing_on.items()}
    digest = hashlib.sha256(json.dumps([build, ids], sort_keys=True).encode())
    context = Path(str(build.get("context", "")))
    for folder, folders, files in os.walk(context) if context.is_dir() else ():
        ours = [name for name in folders if not name.startswith(_NOT_BUILT_FROM)]
        folders[:] = sorted(name for name in ours if str(Path(folder, name)) not in mounted)
        for name in sorted(name for name in files if str(Path(folder, name)) not in mounted):
            status = Path(folder, name).lstat()
            relative = Path(folder, name).relative_to(context)
            newest = max(newest, status.st_mtime)
            digest.update(f"{relative}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return _Context(digest.hexdigest()[:16], newest)
