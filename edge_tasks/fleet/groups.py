"""Groups of edges: what a fleet's edges have in common, group by group. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UTC: Final = "UTC"


@dataclass(frozen=True)
class Group:
    """Edges that are made alike. A fleet without a fleet file is one group without a name.

    Attributes:
        name: empty for a fleet without a fleet file.
        ranges: the indices of its edges, ascending.
        light: its edges have no config directory.
        households: how many each edge has, beside the consumption meters of the template.
        profile: a name or a path, as ``--profile`` has it.
        seed: what the variation of its edges is drawn from.
        zone: the IANA time zone of the people there.
    """

    name: str
    ranges: tuple[range, ...]
    light: bool
    households: int
    profile: str
    seed: str
    zone: str = UTC

    def __contains__(self, index: int) -> bool:
        """Whether the edge with an index belongs to it."""
        return any(index in found for found in self.ranges)

    @property
    def size(self) -> int:
        """How many edges it has."""
        return sum(map(len, self.ranges))
