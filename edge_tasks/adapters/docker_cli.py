"""The program ``docker``, called as it is: its environment, its answers and its failures."""

from __future__ import annotations

import os
import re
import subprocess
from typing import IO, TYPE_CHECKING, Any, Final

import sh

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TAIL_LINES: Final = 12
"""So many lines of what it said are shown of a failure."""
_SECRET: Final = re.compile(r"(?i)((?:password|apikey|secret|token)[\"']?\s*[=:]\s*)\S+")


class Ended(Exception):  # noqa: N818 - it need not be an error, the caller decides
    """A command ended with another code than 0.

    Attributes:
        code: with which.
        said: what it printed to its standard error.
    """

    def __init__(self, code: int, said: str) -> None:
        super().__init__(code, said)
        self.code, self.said = code, said


def answer(
    arguments: Sequence[str],
    seconds: float,
    *,
    with_errors: bool = False,
    given: str = "",
    more: Mapping[str, str] | None = None,
) -> str:
    """What a command prints. For each call ``sh`` would take five threads and a fork of all of this process.

    Raises:
        Ended: with another code than 0.
        TimeoutError: it did not end in time, and was killed.
        FileNotFoundError: the program is not installed.
    """
    try:
        done = subprocess.run(  # noqa: S603 - an argv list of our own words
            ["docker", *arguments],  # noqa: S607 - whichever the user has
            input=given.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if with_errors else subprocess.PIPE,
            env=environment(more),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    if done.returncode:
        raise Ended(done.returncode, (done.stdout if with_errors else done.stderr).decode(errors="replace"))
    return done.stdout.decode(errors="replace")


def redirected(arguments: Sequence[str], more: Mapping[str, str] | None, **where: IO[bytes]) -> None:
    """Run a command, its input or output in a file.

    Raises:
        CommandFailed: with its last lines.
    """
    try:
        program()(*arguments, **where, _tty_out=False, _tty_in=False, _env=environment(more))
    except sh.ErrorReturnCode as error:
        text = failure(arguments, error.exit_code, error.stderr.decode(errors="replace"))
        raise CommandFailed(text) from None


def program() -> Any:  # noqa: ANN401 - sh has no types
    """The program."""
    return sh.Command("docker")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Plain output, and Compose's own opinions about it out of the way."""
    return {**os.environ, "COMPOSE_ANSI": "never", "COMPOSE_PROGRESS": "plain", "NO_COLOR": "1", **(more or {})}


def without_secrets(line: str) -> str:
    """A line that a program said, as it may be shown and kept."""
    return _SECRET.sub(r"\1…", line)


def shown(arguments: Sequence[str]) -> str:
    """A command to paste."""
    return " ".join(("docker", *(f'"{part}"' if " " in part else part for part in arguments)))


def failure(arguments: Sequence[str], code: int, said: str) -> str:
    """What is said of a command that failed."""
    lines = [without_secrets(line) for line in said.strip().splitlines()[-TAIL_LINES:]]
    return "\n    ".join((f"{shown(arguments)} ended with {code}", *lines))
