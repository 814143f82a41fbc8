"""The images of the platform and of the edges: built, fetched, and what light and real edges need beside them."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_tasks.adapters.files import read_utf8
from edge_tasks.checkout.dockerfile import bases
from edge_tasks.checkout.override import LIGHT_SERVICE
from edge_tasks.checkout.project import plain
from edge_tasks.errors import MissingTool
from edge_tasks.fleet.identity import DIRECTORY_PREFIX
from edge_tasks.fleet.saved import FOLDER
from edge_tasks.plan import Plan, counted
from edge_tasks.runtimes.docker import bundles, light_container, release_files
from edge_tasks.runtimes.docker.image_plan import (
    BuildContext,
    ImageFacts,
    Origin,
    changes_of,
    to_build,
    to_fetch,
)
from edge_tasks.runtimes.plans import ImagesToMake

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from edge_tasks.runtimes.docker.stack import Stack

_NOT_BUILT_FROM = (DIRECTORY_PREFIX, f".{DIRECTORY_PREFIX}", FOLDER, ".git")
"""What is in a build context but does not concern the image: our own directories and git's."""


@dataclass(frozen=True)
class DockerImages:
    """Built and fetched by Compose, from the user's own files."""

    stack: Stack

    def find(self) -> Plan[ImagesToMake]:
        """Compare the images that are here, and what they were built from, with what is needed.

        Raises:
            MissingTool: with ``--skip-build``, images that are not here.
        """
        facts = _facts(self.stack)
        if self.stack.options.skip_build:
            _require(facts.missing)
        planned = self._planned(facts)
        unchanged = f"{counted(len(set(facts.names.values())), 'image')} present"
        return Plan(changes_of(planned, facts.names), unchanged, planned)

    def make(self, plan: Plan[ImagesToMake]) -> str:
        """Build and fetch them; what was done.

        Raises:
            CommandFailed: with the last lines of what docker said.
        """
        planned, stack = plan.details, self.stack
        did = [] if stack.options.skip_build else [self._make(planned)]
        if planned.install_program:
            light_container.install(stack)
            did.append("the light edges' program installed")
        if planned.unpack_bundles:
            with stack.context.waiting("bundles are unpacked"):
                did.append(bundles.unpack(stack))
        return ", ".join(did)

    def _planned(self, facts: ImageFacts) -> ImagesToMake:
        stack = self.stack
        download = () if stack.options.skip_build else release_files.find(stack)
        build, fetch = to_build(facts, download), to_fetch(facts)
        is_new = stack.services.edge in (*build, *fetch)
        return ImagesToMake(
            download=download,
            build=build,
            fetch=fetch,
            install_program=bool(stack.context.fleet.light) and not light_container.is_installed(stack),
            unpack_bundles=self._wants_bundles() and (is_new or not bundles.is_looked_at(stack)),
        )

    def _make(self, planned: ImagesToMake) -> str:
        stack = self.stack
        release_files.fetch_all(stack, planned.download)
        if planned.build:
            with stack.context.waiting("images are built"):
                stack.compose.build(planned.build)
        ours = {LIGHT_SERVICE, stack.project.added}  # Compose does not know them
        of_compose = tuple(service for service in planned.fetch if service not in ours)
        if of_compose:
            stack.compose.pull(of_compose)
        needed = _needed(stack)
        for service in ours.intersection(planned.fetch):
            stack.docker.run("pull", "--quiet", needed[service])
        stack.forget_edge_image()
        self._remember()
        files = f"{counted(len(planned.download), 'file')} downloaded, " if planned.download else ""
        return f"{files}{counted(len(planned.build), 'image')} built, {len(planned.fetch)} fetched"

    def _remember(self) -> None:
        """What each image was built from; only now are the images that it stands on sure to be here."""
        stack = self.stack
        names, contexts = _needed(stack), _contexts(stack)
        here = stack.docker.images(tuple(names.values()))
        built = {service: (context.digest, here.get(names[service])) for service, context in contexts.items()}
        stack.context.state.record.note(built=built)

    def _wants_bundles(self) -> bool:
        return bool(self.stack.context.fleet.full) and self.stack.options.unpacks_bundles


def _require(missing: Collection[str]) -> None:
    if missing:
        raise MissingTool(
            f"images are missing: {', '.join(missing)}",
            hint="leave out --skip-build, or load them with docker load",
        )


def _facts(stack: Stack) -> ImageFacts:
    names = _needed(stack)
    here = stack.docker.images(tuple(names.values()))
    if stack.options.skip_build:
        return ImageFacts(names, here, {}, {}, {})
    contexts = _contexts(stack)
    record = stack.context.state.record.entries().get("built", {})
    built = {service: (digest, image) for service, (digest, image) in record.items()}
    foreign = (service for service in contexts if service not in built and names[service] in here)
    origins = {service: Origin(*stack.docker.origin(names[service])) for service in foreign}
    return ImageFacts(names, here, contexts, built, origins)


def _needed(stack: Stack) -> dict[str, str]:
    """Service → image."""
    services = (*stack.services.platform, stack.services.edge)
    lights = {LIGHT_SERVICE: light_container.image_of(stack)} if stack.context.fleet.light else {}
    return {**{service: stack.project.image(service) for service in services}, **lights}


def _contexts(stack: Stack) -> dict[str, BuildContext]:
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
        path = stack.context.platform.readable(path)
        text = read_utf8(path) if path.is_file() else ""
    arguments = {
        name: plain(str(value)) for name, value in (build.get("args") or {}).items() if value is not None
    }
    return stack.docker.made(bases(str(text), arguments))


def _context(
    build: Mapping[str, Any], standing_on: Mapping[str, tuple[str, float]], mounted: Collection[str]
) -> BuildContext:
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
    return BuildContext(context, digest.hexdigest()[:16], newest)
