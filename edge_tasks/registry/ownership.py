"""Whose an entry is, and which entries are in the way: the rules of every registry. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.errors import RegistrationError
from edge_tasks.plan import some

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.registry.protocol import Words

_MOST_NAMED: Final = 5


def note_of(fleet_id: str) -> str:
    """The mark in an entry by which a fleet knows it as its own."""
    return f"edge-tasks fleet {fleet_id}"


def refuse_foreign(facts: Sequence[str], words: Words) -> None:
    """Refuse entries with our names that somebody else made.

    Args:
        facts: of each such entry, never its apikey.
        words: of the registry.

    Raises:
        RegistrationError: there is one.
    """
    if facts:
        raise RegistrationError(
            f"{words.holder} has {words.entries} with these names that do not belong to this fleet: "
            + some(tuple(facts), _MOST_NAMED),
            hint=f"take them over with --adopt (their apikeys change), or rename or remove them {words.editor}",
        )


def refuse_doubled(doubled: Sequence[tuple[str, str]], words: Words) -> None:
    """Refuse other devices that have one of our apikeys: the backend would serve only one of the two.

    Args:
        doubled: the facts of each such device, and the edge whose apikey it has.
        words: of the registry.

    Raises:
        RegistrationError: there is one.
    """
    if doubled:
        raise RegistrationError(
            "other devices have apikeys of this fleet: "
            + ", ".join(f"{fact} has the apikey of {whose}" for fact, whose in doubled[:_MOST_NAMED]),
            hint=f"give those devices another apikey {words.editor}, or give the fleet new ones: inv rotate-keys",
        )
