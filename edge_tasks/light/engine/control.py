"""What controllers ask of a battery, as OpenEMS takes it: one controller after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar


class Control(ABC):
    """The role of a controller: it asks a battery for a power, or narrows what may be asked after it.

    What comes later can only choose among the powers that are left.

    Attributes:
        filtered: whether the battery is led to the power by the filter; without it, the battery has it at once.
    """

    filtered: ClassVar[bool] = False

    @property
    @abstractmethod
    def controlled(self) -> str:
        """The id of the battery."""

    def wanted(self, rest: int) -> int | None:  # noqa: ARG002 - most ask for something by it
        """The W that it asks for; None if it leaves that to others.

        Args:
            rest: W that the meters leave, which is the grid's power without batteries.
        """
        return None

    def narrowed(self, low: int, high: int) -> tuple[int, int]:
        """What it leaves of a range of W, lowest and highest."""
        return low, high


def within(value: int, low: int, high: int) -> int:
    """The nearest value in a range."""
    return max(low, min(high, value))
