"""Docker and Compose, called through ``sh``."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import quote

import sh

from edge_tasks.adapters import engine_socket
from edge_tasks.adapters.containers import Image, container_of, host_ports_of, seconds_of
from edge_tasks.adapters.docker_cli import (
    TAIL_LINES,
    answer,
    environment,
    failure,
    program,
    redirected,
    shown,
    without_secrets,
)
from edge_tasks.adapters.files import PRIVATE, writing
from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path, PurePosixPath

    from edge_tasks.adapters.containers import Container

_ASK_S: Final = 120
_INTERRUPTED: Final = 130
_OF_THE_PROGRAM: Final = (1, 126, 127)
"""Exit codes of ``docker run`` that are not the engine's own (125): failed, cannot be run, is not there."""
_NO_FILE: Final = ("could not find the file", "no such container:path", "no such file or directory")
"""How engines say that a container has no such file."""
_OURS: Final = "com.docker.compose.project"


@dataclass(frozen=True)
class Docker:
    """The Docker CLI.

    Attributes:
        log: where the output of commands that change something goes.
        echo: also receives each line of that output; None writes it only to the log.
        variables: which compose files may use.
    """

    log: Path
    echo: Callable[[str], None] | None = field(default=None, compare=False)
    variables: Mapping[str, str] = field(default_factory=dict)

    def ask(
        self,
        *arguments: str,
        with_errors: bool = False,
        given: str = "",
        more: Mapping[str, str] | None = None,
    ) -> str:
        """What a command prints; ``given`` is its standard input, ``more`` is added to its environment.

        Raises:
            CommandFailed: its last lines.
        """
        try:
            return answer(arguments, _ASK_S, with_errors=with_errors, given=given, more=self._with(more))
        except TimeoutError:
            raise CommandFailed(f"{shown(arguments)} did not end within {_ASK_S} s") from None
        except sh.ErrorReturnCode as error:
            said = error.stderr.decode(errors="replace")
            raise CommandFailed(failure(arguments, error.exit_code, said)) from None

    def run(self, *arguments: str, more: Mapping[str, str] | None = None) -> None:
        """Run a command that changes something, for as long as it takes, with its output in the log.

        Raises:
            CommandFailed: with the last lines of its output, and the log's path.
        """
        tail: list[str] = []
        with writing(self.log), _appended(self.log) as log:

            def take(line: str) -> None:
                clean = without_secrets(line.rstrip())
                tail.append(clean)
                del tail[:-TAIL_LINES]
                log.write(f"{clean}\n")
                if self.echo is not None:
                    self.echo(clean)

            log.write(f"$ {shown(arguments)}\n")
            try:
                program()(
                    *arguments,
                    _out=take,
                    _err_to_out=True,
                    _tty_out=False,
                    _env=environment(self._with(more)),
                    _done=lambda *_: log.flush(),
                )
            except sh.ErrorReturnCode as error:
                text = failure(arguments, error.exit_code, "\n".join(tail))
                raise CommandFailed(text, hint=f"all of its output is in {self.log}") from None

    def save(self, target: Path, *arguments: str, more: Mapping[str, str] | None = None) -> None:
        """Write what a command prints into a file, which only the user can read.

        Raises:
            CommandFailed: with its last lines.
            OSError: the file cannot be made.
        """
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
            redirected(arguments, self._with(more), _out=file)

    def feed(self, source: Path, *arguments: str, more: Mapping[str, str] | None = None) -> None:
        """Run a command whose standard input is a file.

        Raises:
            CommandFailed: with its last lines.
            OSError: the file cannot be read.
        """
        with source.open("rb") as file:
            redirected(arguments, self._with(more), _in=file)

    def _with(self, more: Mapping[str, str] | None) -> dict[str, str]:
        """What is added to the environment of a command."""
        return {**self.variables, **(more or {})}

    def publishers(self) -> dict[int, str]:
        """Host port → the container to which Docker leads it, of all that run."""
        return {port: entry["Name"].lstrip("/") for entry in self._all_running() for port in host_ports_of(entry)}

    def project_folders(self) -> dict[int, str]:
        """Host port → the folder of the Compose project whose container it leads to, of all that run."""
        containers = (container for entry in self._all_running() if (container := container_of(entry)))
        return {port: one.folder for one in containers if one.folder for port in one.host_ports}

    def _all_running(self) -> list[dict[str, Any]]:
        """What Docker says of all containers that run, also while others come and go."""
        for is_last in (False, False, True):
            ids = self.ask("ps", "-q", "--no-trunc").split()
            try:
                return json.loads(self.ask("inspect", *ids)) if ids else []
            except CommandFailed as error:
                if is_last or "No such object" not in error.message:
                    raise
        return []

    def show(self, *arguments: str) -> None:
        """Run a command whose output goes straight to ours, until it ends or is interrupted.

        Raises:
            CommandFailed: it has said why.
            KeyboardInterrupt: it was interrupted.
        """
        try:
            program()(*arguments, _fg=True, _env=environment(self.variables))
        except sh.ErrorReturnCode as error:
            if error.exit_code == _INTERRUPTED:
                raise KeyboardInterrupt from None
            raise CommandFailed(f"{shown(arguments)} ended with {error.exit_code}") from None

    def containers(self, project: str) -> tuple[Container, ...]:
        """All containers of a Compose project, running or not."""
        label = f"{_OURS}={project}"
        found = engine_socket.inspected(label)
        if found is None:
            ids = self.ask("ps", "-aq", "--no-trunc", "--filter", f"label={label}").split()
            found = json.loads(self.ask("inspect", *ids)) if ids else []
        return tuple(container for entry in found if (container := container_of(entry)))

    def has_file(self, container: str, path: str) -> bool:
        """Whether a container has a file, whether or not it runs."""
        try:
            self.ask("cp", f"{container}:{path}", "-")
        except CommandFailed as error:
            if any(word in error.message.lower() for word in _NO_FILE):
                return False
            raise
        return True

    def has_volume(self, name: str) -> bool:
        """Whether there is a volume of this name."""
        return bool(self.ask("volume", "ls", "-q", "--filter", f"name=^{re.escape(name)}$").strip())

    def last_lines(self, container: str, count: int = 5) -> list[str]:
        """The end of what a container said."""
        said = self.ask("logs", "--tail", str(count), container, with_errors=True)
        return [without_secrets(line) for line in said.splitlines()]

    def root(self) -> str:
        """The folder in which the engine keeps images and containers."""
        return str(self._about_engine()["DockerRootDir"])

    def images(self, names: Iterable[str]) -> dict[str, str]:
        """The ids of the images that are present, by name."""
        return {name: entry["Id"] for name in dict.fromkeys(names) if (entry := self._about_image(name))}

    def made(self, names: Iterable[str]) -> dict[str, tuple[str, float]]:
        """Id of those images that are here, and when each was made, seconds since 1970; by name."""
        return {name: (found, self.origin(name)[0]) for name, found in self.images(names).items()}

    def image(self, name: str) -> Image:
        """What an image says of itself; nothing while it is not here."""
        entry = self._about_image(name)
        if entry is None:
            return Image()
        config = entry.get("Config") or {}
        words = (*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ()))
        pairs = (text.partition("=") for text in config.get("Env") or ())
        return Image(
            user=str(config.get("User") or ""),
            words=words,
            environment={key: value for key, _, value in pairs},
            directory=str(config.get("WorkingDir") or ""),
            id=str(entry["Id"]),
            volumes=frozenset(config.get("Volumes") or ()),
            labels=config.get("Labels") or {},
            entrypoint=tuple(config.get("Entrypoint") or ()),
        )

    def copy_out(self, image: str, path: PurePosixPath, target: Path) -> bool:
        """Copy a file out of an image. Even if the call is killed, no container is left behind.

        False when the image has no such file, or no ``cat``.

        Raises:
            CommandFailed: the engine could not run it.
        """
        how = ("--rm", "--network", "none", "--log-driver", "none", "--entrypoint", "cat")
        arguments = ("run", *how, image, str(path))
        with writing(target), target.open("wb") as file:
            try:
                program()(*arguments, _out=file, _tty_out=False, _env=environment())
            except sh.ErrorReturnCode as error:
                if error.exit_code in _OF_THE_PROGRAM:
                    return False
                said = error.stderr.decode(errors="replace")
                raise CommandFailed(failure(arguments, error.exit_code, said)) from None
        return True

    def is_rootless(self) -> bool:
        """Whether root in its containers is the user who runs the engine."""
        return "name=rootless" in json.dumps(self._about_engine().get("SecurityOptions"))

    def origin(self, image: str) -> tuple[float, bool]:
        """When an image was built, seconds since 1970, and whether Compose built it."""
        entry = self._about_image(image)
        if entry is None:
            raise CommandFailed(f"the image {image} is gone")
        labels = (entry.get("Config") or {}).get("Labels") or {}
        return seconds_of(entry["Created"]), any(label.startswith("com.docker.compose.") for label in labels)

    def _about_image(self, name: str) -> dict[str, Any] | None:
        """An image as ``docker image inspect`` describes it; None while it is not here."""
        found = engine_socket.get(f"/images/{quote(name)}/json")
        if found is not None:
            status, entry = found
            return dict(entry) if status == engine_socket.GOOD else None
        try:
            [entry] = json.loads(self.ask("image", "inspect", name))
        except CommandFailed:
            return None
        return dict(entry)

    def _about_engine(self) -> dict[str, Any]:
        """The engine as ``docker info`` describes it."""
        found = engine_socket.get("/info")
        if found is not None and found[0] == engine_socket.GOOD:
            return dict(found[1])
        return dict(json.loads(self.ask("info", "--format", "{{json .}}")))


def _appended(log: Path) -> IO[str]:
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE), "w", encoding="utf-8")
