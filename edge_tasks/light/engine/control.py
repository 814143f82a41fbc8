"""What controllers ask of a battery, as OpenEMS takes it: one controller after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Asked: TypeAlias = tuple[int | None, int, int, bool]
"""What is asked of batteries: W or None, the lowest and the highest W that are left to them, and whether the
filter leads them there."""


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


def asked_of(controls: Iterable[Control], rest: int, low: int, high: int) -> Asked:
    """What controls ask for, in their order.

    Args:
        controls: of a battery or a cluster.
        rest: W that the meters leave.
        low: W that the battery can give, the lowest.
        high: the highest.
    """
    for control in controls:
        wanted = control.wanted(rest)
        if wanted is not None:
            return wanted, low, high, control.filtered
        low, high = control.narrowed(low, high)
    return None, low, high, False


def within(value: int, low: int, high: int) -> int:
    """The nearest value in a range."""
    return max(low, min(high, value))
