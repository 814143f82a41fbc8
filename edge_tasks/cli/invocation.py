"""How the program was started: as ``inv`` in a clone, or as the installed ``edge-tasks``. No I/O."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.checkout.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Invocation:
    """What was typed, and where.

    Attributes:
        command: ``inv`` or ``edge-tasks``.
        home: the folder that it works for.
        tasks: the names of all tasks.
    """

    command: str
    home: Home
    tasks: frozenset[str]

    def worded(self, text: str) -> str:
        """A text for people, with each ``inv TASK`` and ``inv --OPTION`` replaced by what they can type here."""
        if self.command == "inv":
            return text
        tasks = "|".join(sorted(self.tasks, key=len, reverse=True))
        return re.sub(rf"(?<![\w./-])inv(?= (?:--|(?:{tasks}|TASK)\b))", self.command, text)


def find_invocation(tasks_folder: Path | None, cwd: Path, tasks: Iterable[str]) -> Invocation:
    """How it was started.

    Args:
        tasks_folder: where invoke found ``tasks.py``, absolute; None when the tasks came with the program.
        cwd: the current folder, absolute.
        tasks: the names of all tasks.
    """
    if tasks_folder is None:
        return Invocation("edge-tasks", Home(cwd, is_clone=False), frozenset(tasks))
    return Invocation("inv", Home(tasks_folder, is_clone=True), frozenset(tasks))


def how_to_install(invocation: Invocation, typed: Sequence[str], *, has_environment: bool) -> str:
    """What to type if a Python without our packages was used.

    Args:
        invocation: how it was started.
        typed: the words behind the command.
        has_environment: the clone has a ``.venv`` with an ``inv`` in it.
    """
    folder = invocation.home.folder
    if invocation.command != "inv":
        return "install edge-tasks again, in its own environment"
    if has_environment:
        return shlex.join([f"{folder}/.venv/bin/inv", *typed])
    return f"cd {shlex.quote(str(folder))} && python3 -m venv .venv && .venv/bin/pip install -e ."
