"""What a step would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.errors import FleetError

T = TypeVar("T")


@dataclass(frozen=True)
class Plan(Generic[T]):
    """What a step found: how things differ from what is wanted.

    Attributes:
        changes: one line for each change, for ``inv plan``; empty if there is nothing to do.
        unchanged: what to print if everything is right already.
        details: what the step is going to do; it does not look again.
        remarks: what people should know, although the step can continue.
        refusal: why the plan cannot be carried out; None if it can.
        found: members of the JSON document if this step was typed.
    """

    changes: tuple[str, ...]
    unchanged: str
    details: T
    remarks: tuple[str, ...] = ()
    refusal: FleetError | None = None
    found: Mapping[str, object] = field(default_factory=dict)


def some(names: tuple[str, ...], most: int = 3) -> str:
    """``edge0, edge1, edge2 and 997 more``."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def counted(count: int, noun: str, plural: str = "") -> str:
    """``1 image``, ``2,000 images``; ``plural`` is for nouns that do not end with a mere s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
