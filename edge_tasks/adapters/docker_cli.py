"""The program ``docker``, called through ``sh``: its environment, its answers and its failures."""

from __future__ import annotations

import os
import re
import threading
from typing import IO, TYPE_CHECKING, Any, Final

import sh

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TAIL_LINES: Final = 12
"""So many lines of what it said are shown of a failure."""
_SECRET: Final = re.compile(r"(?i)((?:password|apikey|secret|token)[\"']?\s*[=:]\s*)\S+")


def answer(
    arguments: Sequence[str],
    seconds: float,
    *,
    with_errors: bool = False,
    given: str = "",
    more: Mapping[str, str] | None = None,
) -> str:
    """What a command prints. We do not use sh's ``_timeout``, because with it every call takes 0.1 s."""
    how = {
        "_bg": True,
        "_bg_exc": False,
        "_tty_out": False,
        "_err_to_out": with_errors,
        "_env": environment(more),
    }
    running = program()(*arguments, **how, **({"_in": given.encode()} if given else {}))
    alarm = threading.Timer(seconds, running.kill)
    alarm.daemon = True
    alarm.start()
    try:
        running.wait()
    except sh.SignalException_SIGKILL:
        raise TimeoutError from None
    finally:
        alarm.cancel()
    return str(running.stdout.decode(errors="replace"))


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
