"""Options that were typed where they change nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.cli.option import Matters
from edge_tasks.cli.options import COMMON

if TYPE_CHECKING:
    from collections.abc import Iterable

VERIFYING: Final = frozenset({"verify", "setup", "restart", "rotate-keys"})
"""The tasks that wait for edges."""


@dataclass(frozen=True)
class Place:
    """Where options are typed.

    Attributes:
        uses_engine: the runtime runs containers.
        is_bundled: on the bundled platform.
        has_light: the fleet has light edges.
        tasks: the names of the tasks.
    """

    uses_engine: bool
    is_bundled: bool
    has_light: bool
    tasks: frozenset[str]

    def has(self, needed: Matters) -> bool:
        """Whether something matters here."""
        return {
            Matters.ALWAYS: True,
            Matters.DOCKER: self.uses_engine,
            Matters.BUNDLED_DOCKER: self.uses_engine and self.is_bundled,
            Matters.EMBEDDED: not self.uses_engine,
            Matters.LIGHT: self.has_light,
            Matters.LIGHT_DOCKER: self.has_light and self.uses_engine,
            Matters.VERIFYING: bool(self.tasks & VERIFYING),
        }[needed]


def without_effect(typed: Iterable[str], place: Place) -> tuple[str, ...]:
    """A line for each option, by its name, that changes nothing in this place."""
    found = (COMMON[name] for name in typed if name in COMMON)
    return tuple(
        f"{option.option} has no effect here: it matters only {option.matters.value}"
        for option in found
        if not place.has(option.matters)
    )
