"""What the command line's parser could not read → what was typed wrong, and what to type. No I/O."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNKNOWN: Final = re.compile(r"No idea what '(.+)' is!")
_WITHOUT_VALUE: Final = re.compile(r"Flag <\w+: ([\w-]+).*> needed value")


@dataclass(frozen=True)
class Told:
    """What was typed wrong, and what to type."""

    message: str
    hint: str


@dataclass(frozen=True)
class Typed:
    """A command line that could not be read.

    Attributes:
        words: behind the command.
        task: the one that was being read; empty before the first.
        options: of that task, or those before a task.
        tasks: all there are, each with its options.
        command: ``inv`` or ``edge-tasks``.
    """

    words: Sequence[str]
    task: str
    options: Sequence[str]
    tasks: Mapping[str, Sequence[str]]
    command: str = "inv"

    def explained(self, said: str) -> Told:
        """Message and hint in place of the parser's words."""
        if found := _WITHOUT_VALUE.search(said):
            option = "--" + found[1].replace("_", "-")
            more = f"{self._help} says what it takes" if self.task else f"{self.command} --help"
            return Told(f"{option} needs a value", more)
        found = _UNKNOWN.search(said)
        if found is None:
            return Told(said, f"{self.command} --list, or {self.command} TASK --help")
        return self._unknown_option(found[1]) if found[1].startswith("-") else self._unknown_task(found[1])

    def _unknown_option(self, option: str) -> Told:
        if option == "--help-all":
            return Told("--help-all needs a task", f"{self.command} setup --help-all")
        owners = [name for name, options in self.tasks.items() if option in options]
        if self.task:
            others = f" ({_either(owners)} {_has(owners)} {option})" if owners else ""
            meant = _meant(option, self.options)
            return Told(f"there is no option {option} of {self.task}{meant}{others}", f"{self._help} lists them")
        if owners:
            return Told(f"{option} is typed before the task; it belongs behind it", self._reordered(owners))
        more = f"{self.command} --help lists those before a task"
        return Told(f"there is no option {option}{_meant(option, self.options)}", more)

    def _unknown_task(self, word: str) -> Told:
        twice = " (type an option only once, and its value directly after it)" if self.task else ""
        if word.isdecimal() and [*self.words] == [self.task, word] and "--edges" in self.options:
            return Told(f"there is no task {word}", f"{self.command} {self.task} --edges {word}")
        return Told(f"there is no task {word}{_meant(word, tuple(self.tasks))}{twice}", f"{self.command} --list")

    def _reordered(self, owners: Sequence[str]) -> str:
        """The same words with a task first: the one that was typed or meant, or one that has the option."""
        meant = [self._task_meant(word) for word in self.words]
        at = next((at for at, task in enumerate(meant) if task), None)
        if at is None:
            return shlex.join([self.command, "setup" if "setup" in owners else owners[0], *self.words])
        return shlex.join([self.command, meant[at], *self.words[:at], *self.words[at + 1 :]])

    def _task_meant(self, word: str) -> str:
        """The task of that name, or of one like it; empty if there is none."""
        if word in self.tasks or word.startswith("-"):
            return word if word in self.tasks else ""
        return next(iter(_alike(word, tuple(self.tasks))), "")

    @property
    def _help(self) -> str:
        return f"{self.command} {self.task} --help-all"


def _meant(word: str, known: Sequence[str]) -> str:
    alike = _alike(word, known)
    return f"; did you mean {alike[0]}?" if alike else ""


def _alike(word: str, known: Sequence[str]) -> Sequence[str]:
    begun = sorted((one for one in known if one.startswith(word)), key=len)
    return begun or get_close_matches(word, known, n=1)


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _has(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"
