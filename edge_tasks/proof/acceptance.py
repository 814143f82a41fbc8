"""Whether a run of edges at a backend elsewhere is accepted, and why not. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.plan import counted, some

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.proof.availability import Uptime

_MOST_NAMED: Final = 8


@dataclass(frozen=True)
class Refusal:
    """Why a run is not accepted.

    Attributes:
        why: what happened, to which edges.
        remedy: what to do about it.
    """

    why: str
    remedy: str


def find_refusal(found: Sequence[Uptime], least: float, not_online: Sequence[str]) -> Refusal | None:
    """The first reason that explains the others; None if the run is accepted.

    Args:
        found: what became of the edges.
        least: the share of its time in which each edge must have been connected.
        not_online: the names of edges that were connected here, and of which the backend said otherwise.
    """
    if refused := [one.edge for one in found if one.refused]:
        return Refusal(
            f"the backend refuses the apikey of {_named(refused)}",
            "inv export-keys on the machine that has the fleet, and try again with the new file",
        )
    if untried := [one.edge for one in found if one.time is None]:
        return Refusal(
            f"the time was over before it was the turn of {_named(untried)}",
            "a longer --for or a higher --connect-rate",
        )
    if below := sorted((one for one in found if one.availability < least), key=lambda one: one.availability):
        named = [f"{one.edge} {percent(one.availability)}" for one in below]
        return Refusal(
            f"{counted(len(below), 'edge')} of {len(found):,} had less than {percent(least)}: {_named(named)}",
            "the report says when each of them had no connection for longest",
        )
    if not_online:
        return Refusal(
            f"connected here, but not online for the backend: {_named(not_online)}",
            "does another edge use the apikey, or is this another backend?",
        )
    return None


def percent(share: float) -> str:
    """A share for people. It is never rounded up, so that 100 % means always."""
    return f"{int(round(share * 100_000, 6)) / 1000:.3f} %"


def _named(names: Sequence[str]) -> str:
    return some(tuple(names), _MOST_NAMED)
