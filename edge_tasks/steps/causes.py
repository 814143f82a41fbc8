"""Edges that are not online, grouped by what is wrong with them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.proof.verdict import Verdict

_MOST_STRETCHES: Final = 12


def causes(verdicts: Iterable[Verdict], edges: Mapping[str, Edge], most: int | None = None) -> Iterator[str]:
    """A line for each reason: ``edge3-edge17, edge20: its process does not run → inv up``.

    Args:
        verdicts: those that are not online.
        edges: of the fleet, by name.
        most: how many reasons have a line; None for all of them.
    """
    found: dict[tuple[str, str], list[int]] = {}
    for verdict in verdicts:
        found.setdefault((verdict.why, verdict.hint), []).append(edges[verdict.name].index)
    lines = [f"{_named(indices, most)}: {why} → {hint}" for (why, hint), indices in found.items()]
    yield from lines[:most]
    if most is not None and len(lines) > most:
        yield f"and {counted(len(lines) - most, 'more reason')}"


def stretches(indices: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of each stretch without a gap, ascending."""
    found: list[tuple[int, int]] = []
    for index in sorted(indices):
        if found and found[-1][1] == index - 1:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found


def _named(indices: Sequence[int], most: int | None) -> str:
    names = [f"edge{first}" if first == last else f"edge{first}-edge{last}" for first, last in stretches(indices)]
    if most is None or len(names) <= _MOST_STRETCHES:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_STRETCHES])}, … ({len(indices)} edges)"
