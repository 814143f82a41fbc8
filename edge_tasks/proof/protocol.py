"""What the proof asks about an edge: whether it is online, and whether its process runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class EdgeProcess:
    """An edge as its runtime sees it.

    Attributes:
        running: its process or container runs.
        why: why it does not, or why it is not connected, in the runtime's words; empty when nothing is known.
        since: when it was started, seconds since 1970.
        ignored: config files that it does not load, each with the reason.
        tries: it connects again by itself when it has lost the backend.
        node: the machine of a Swarm on which it runs; empty elsewhere.
        hint: what to type while it is not connected; empty if ``inv up`` mends that.
        has_ended: nothing runs it now, also if the backend has not noticed that its connection is dead.
        may_be_dead: the backend may still have an older connection of it, from a machine that is gone.
    """

    running: bool
    why: str = ""
    since: float = 0.0
    ignored: tuple[str, ...] = ()
    tries: bool = False
    node: str = ""
    hint: str = ""
    has_ended: bool = False
    may_be_dead: bool = False


class StatusSource(Protocol):
    """The source that says which edges are online and what they measure."""

    @property
    def says(self) -> str:
        """The name of the source, for people: ``…, says the backend``."""

    @property
    def remark(self) -> str:
        """What it cannot tell, and what to do about it; empty when it can tell everything."""

    @property
    def is_late(self) -> bool:
        """Whether it may still say what was true 30 s ago."""

    @property
    def sees_values(self) -> bool:
        """Whether it can be asked for values."""

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        """Whether each is connected; one that is not known is absent.

        Raises:
            BackendError: the source cannot be asked; with the reason.
        """

    def components(self, names: Sequence[str]) -> dict[str, frozenset[str]] | None:
        """The ids of what each edge last said that it consists of; None if it cannot be asked for that.

        An edge that said nothing is absent.

        Raises:
            BackendError: as for :meth:`online`.
        """

    def values(self, names: Sequence[str], channels: Sequence[str]) -> dict[str, dict[str, object]]:
        """Channel → value, by name; empty where values cannot be asked.

        Raises:
            BackendError: as for :meth:`online`.
        """
