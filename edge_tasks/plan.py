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
    """The outcome of looking: what differs from what is wanted.

    Attributes:
        changes: a line each, for ``inv plan``; empty when there is nothing to do.
        unchanged: what is said of what is right as it is.
        details: what is to be done, as the step applies it: it does not look again.
        remarks: what people should know, though it stops nothing.
        refusal: why nothing of it can be done; None when it can.
        found: members of the JSON document, for whoever typed this step.
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


def counted(count: int, noun: str) -> str:
    """``1 image``, ``2 images``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
