"""What an option is: how it is typed, its allowed values, its help text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from edge_tasks.errors import SettingsError

HIGHEST_PORT: Final = 65_535


class Saved(Enum):
    """Where a choice is kept for the next call."""

    NOT = "not at all"
    IDENTITY = "with the fleet's identity"
    EXTRA = "beside it, when it is not the default"


class Matters(Enum):
    """Where an option changes something; the value ends the sentence "it matters only …"."""

    ALWAYS = "everywhere"
    DOCKER = "in the docker runtime"
    BUNDLED_DOCKER = "for the bundled platform in the docker runtime"
    EMBEDDED = "in the embedded runtime"
    LIGHT = "for light edges"
    LIGHT_DOCKER = "for light edges in the docker runtime, and in the swarm runtime"
    SWARM = "in the swarm runtime"


@dataclass(frozen=True)
class Option:
    """Something that is typed after a task.

    Attributes:
        name: as an attribute, e.g. ``port_offset``.
        meaning: for ``--help``, without the default.
        is_flag: it takes no value.
        matters: where it changes something.
        used_by: the tasks that use it, themselves or because another one needs them; empty if all do.
        is_repeatable: it may be typed several times, each time with another value.
        only_with: the name of the flag without which it changes nothing; empty if there is none.
        not_with: the name of the flag with which it changes nothing, likewise.
    """

    name: str
    meaning: str
    is_flag: bool = False
    matters: Matters = Matters.ALWAYS
    used_by: tuple[str, ...] = ()
    is_repeatable: bool = False
    only_with: str = ""
    not_with: str = ""

    @property
    def option(self) -> str:
        """How it is typed."""
        return "--" + self.name.replace("_", "-")

    @property
    def spelling(self) -> str:
        """How it is typed, with its value: ``--json``, ``--edges=INT``, ``--runtime=NAME``."""
        return self.option if self.is_flag else f"{self.option}={self._value}"

    @property
    def _value(self) -> str:
        return "TEXT"

    @property
    def help(self) -> str:
        """A line for ``--help`` and for the reference."""
        return f"{self.meaning}."


@dataclass(frozen=True)
class Setting(Option):
    """An option with a value, which has an environment variable and a key in ``invoke.yaml``, too.

    Attributes:
        default: None if the default is found at run time (platform).
        default_words: the default as people read it, if the value alone does not say enough.
        lowest: for whole numbers.
        highest: for whole numbers.
        choices: for words.
        pattern: what the whole text must match, for texts.
        pattern_words: the same as people read it, if the default is no example of it.
        saved: whether the next call knows it.
    """

    default: str | int | None = None
    default_words: str = ""
    lowest: int | None = None
    highest: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ".+"
    pattern_words: str = ""
    saved: Saved = Saved.NOT

    @property
    def _value(self) -> str:
        return "NAME" if self.choices else "TEXT" if self.lowest is None else "INT"

    @property
    def help(self) -> str:
        """The meaning, whether it is saved, and the default."""
        words = self.default_words or ("" if self.default is None else str(self.default))
        saved = "" if self.saved is Saved.NOT else "; saved"
        return f"{self.meaning}{saved}" + (f" (default: {words})." if words else ".")

    @property
    def variable(self) -> str:
        """How it is set in the environment."""
        return "EDGE_TASKS_" + self.name.upper()

    @property
    def allowed(self) -> str:
        """What a value may be, for messages."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.lowest is not None:
            return f"a whole number from {self.lowest} to {self.highest}"
        return "a text" if self.pattern == ".+" else self.pattern_words or f"a text like {self.default}"

    def checked(self, value: object, origin: str) -> str | int:
        """The value in its type.

        Raises:
            SettingsError: which key, where it came from, what is allowed.
        """
        text = str(value).strip()
        if self.lowest is not None and self.highest is not None:
            if text.isascii() and text.isdigit() and self.lowest <= int(text) <= self.highest:
                return int(text)
        elif re.fullmatch(self.pattern, text) and (not self.choices or text in self.choices):
            return text
        raise SettingsError(f"{origin} is {text!r}", hint=f"allowed: {self.allowed}")
