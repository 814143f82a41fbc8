"""Groups of edges: what a fleet's edges have in common, group by group. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.fleet.limits import MOST_EDGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UTC: Final = "UTC"
_RANGE: Final = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")


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

    @property
    def edges(self) -> str:
        """Its ranges as people write them: ``0-99,300-319``."""
        return ",".join(map(shown, self.ranges))


@dataclass(frozen=True)
class GroupFault:
    """Why some groups are no fleet.

    Attributes:
        group: the place in the list of the one that is to be changed.
        problem: what is wrong.
        remedy: what to write instead.
    """

    group: int
    problem: str
    remedy: str


def ranges_of(text: str) -> tuple[range, ...] | None:
    """What ``0-99,300-319`` means; None if it is something else, or not ascending, or too high."""
    found = []
    least = 0
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not least <= first <= last < MOST_EDGES:
            return None
        found.append(range(first, last + 1))
        least = last + 1
    return tuple(found)


def ranges_holding(indices: Iterable[int]) -> tuple[range, ...]:
    """Ascending indices as ranges."""
    found: list[range] = []
    for index in indices:
        if found and found[-1].stop == index:
            found[-1] = range(found[-1].start, index + 1)
        else:
            found.append(range(index, index + 1))
    return tuple(found)


def find_fault(groups: Sequence[Group]) -> GroupFault | None:
    """What is wrong with their edges, if they are not 0 to N-1, each once, with all light ones at the end.

    Args:
        groups: all of a fleet.

    Returns:
        The fault of the lowest index, or None if the edges are as they should be.
    """
    rows = sorted((found.start, found.stop, place) for place, one in enumerate(groups) for found in one.ranges)
    expected, before = 0, -1
    for first, end, place in rows:
        if first > expected:
            missing = shown(range(expected, first))
            return GroupFault(place, f"no group has edge {missing}", "every index from 0 on, each in one group")
        if first < expected:
            problem = f"edge{first} is in the group {groups[before].name}, too"
            return GroupFault(place, problem, f"indices from {expected} on")
        if before >= 0 and groups[before].light and not groups[place].light:
            problem = f"edge{first} is to have a config directory, but edge{first - 1} before it is light"
            return GroupFault(place, problem, "give the groups without 'light: true' the lowest indices")
        expected, before = end, place
    return None


def shown(found: range) -> str:
    """As people write it: ``3-5``, or ``3``."""
    return str(found.start) if len(found) == 1 else f"{found.start}-{found.stop - 1}"
