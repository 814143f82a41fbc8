"""The platform's Compose project: the user's files, and our override on top."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge_tasks.checkout.project import Project
from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge_tasks.adapters.containers import Container
    from edge_tasks.adapters.docker import Docker


@dataclass(frozen=True)
class Compose:
    """``docker compose`` in a platform.

    Attributes:
        files: the user's own, in Compose's order: the base file, and an override that is not ours.
        override: ours; it may not be there yet.
        project_name: empty for Compose's own choice (``name:``, ``.env``, the folder's name).
        source: where the user's files lie, as long as that is not the platform's folder.
    """

    docker: Docker
    platform: Path
    files: tuple[str, ...]
    override: Path
    project_name: str = ""
    source: Path | None = None

    def project(self, profiles: str = "") -> Project:
        """The user's own services, resolved; those of profiles too, when these are named (``*``: all).

        Raises:
            CommandFailed: with Compose's own words about what is wrong with the files.
        """
        more = ("--profile", profiles) if profiles else ()
        said: dict[str, Any] = json.loads(
            self.docker.ask(*self._prefix(ours=False), *more, "config", "--format", "json")
        )
        volumes: dict[str, Any] = said.get("volumes") or {}
        external = frozenset(name for name, one in volumes.items() if one and one.get("external"))
        names = {name: str(one["name"]) for name, one in volumes.items() if one and one.get("name")}
        services = said.get("services") or {}
        return Project(str(said.get("name", "")), services, external, volume_names=names)

    def hashes(self) -> dict[str, frozenset[str]]:
        """Service → the digests that its container may be labelled with; empty while our override is not there.

        There are two: asked for digests, Compose leaves the variables of an ``env_file`` out, which are part of
        those that it labels with. So they are asked again of the resolved project, where they have been put in.
        """
        if not self.override.exists():
            return {}
        resolved = self.docker.ask(*self._prefix(), "config", "--format", "json")
        again = ("compose", "--project-directory", str(self.platform), "-f", "-")
        asked = (self._prefix(), ""), (again, resolved)
        answers = [self.docker.ask(*prefix, "config", "--hash", "*", given=given) for prefix, given in asked]
        pairs = [line.partition(" ")[::2] for answer in answers for line in answer.splitlines()]
        return {name: frozenset(found for service, found in pairs if service == name) for name, _ in pairs}

    def run(self, *arguments: str, more: Mapping[str, str] | None = None) -> None:
        """Run a command that changes something.

        Raises:
            CommandFailed: with its last lines.
        """
        self.docker.run(*self._prefix(), *arguments, more=more)

    def arguments(self, *arguments: str) -> tuple[str, ...]:
        """A command as :meth:`run` gives it to Docker."""
        return (*self._prefix(), *arguments)

    def ask(self, *arguments: str, given: str = "") -> str:
        """What a command prints; ``given`` is its standard input.

        Raises:
            CommandFailed: with its last lines.
        """
        return self.docker.ask(*self._prefix(), *arguments, given=given)

    def build(self, services: Sequence[str]) -> None:
        """Build the images of services, of the user's own files: ours disables the platform's edge."""
        self.docker.run(*self._prefix(ours=False), "build", *services)

    def pull(self, services: Sequence[str]) -> None:
        """Fetch the images of services that are not built."""
        self.docker.run(*self._prefix(ours=False), "pull", "--quiet", *services)

    def up(self, services: Sequence[str], *, parallel: int) -> None:
        """Start containers of these services; those with a changed configuration are created again."""
        arguments = ("up", "-d", "--no-build", "--no-deps", "--quiet-pull", *services)
        more = {"COMPOSE_PARALLEL_LIMIT": str(parallel)}
        try:
            self.run(*arguments, more=more)
        except CommandFailed as error:
            if not self._mends(error):
                raise
            self.run(*arguments, more=more)

    def create(self, services: Sequence[str], *, parallel: int) -> None:
        """Make containers of these services, so many at a time, without starting them."""
        more = {"COMPOSE_PARALLEL_LIMIT": str(parallel)}
        self.run("up", "--no-start", "--no-build", "--no-deps", "--quiet-pull", *services, more=more)

    def _mends(self, error: CommandFailed) -> bool:
        """Remove what kept containers from starting, if that can be; whether they may start now."""
        if "paused" not in error.message:
            return False
        self._unpause()
        return True

    def _unpause(self) -> None:
        """Compose does not start what somebody has paused."""
        paused = self.docker.ask(*self._prefix(), "ps", "--services", "--status", "paused").split()
        self.run("unpause", *paused)

    def restart(self, services: Sequence[str], *, parallel: int) -> None:
        """Stop and start containers of these services, at the same time: a JVM takes seconds to end."""
        self.run("restart", "--timeout", "3", *services, more={"COMPOSE_PARALLEL_LIMIT": str(parallel)})

    def show_logs(self, services: Sequence[str], *, follow: bool) -> None:
        """The last lines of services (all, when none is named), straight to the terminal."""
        more = ("--follow",) if follow else ()
        self.docker.show(*self._prefix(), "logs", "--tail", "100", *more, *services)

    def containers(self, project: str) -> tuple[Container, ...]:
        """All containers of the project."""
        return self.docker.containers(project)

    def _prefix(self, *, ours: bool = True) -> tuple[str, ...]:
        files = [str((self.source or self.platform) / name) for name in self.files]
        if ours and self.override.exists():
            files.append(str(self.override))
        named = ("--project-name", self.project_name) if self.project_name else ()
        given = (part for file in files for part in ("-f", file))
        return ("compose", "--project-directory", str(self.platform), *named, *given)
