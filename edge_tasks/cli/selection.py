"""Which edges are meant: ``3``, ``edge3``, ``3-7``, ``0,3-7``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.identity import Edge

_PART = re.compile(r"(?:edge)?([0-9]{1,6})(?:-(?:edge)?([0-9]{1,6}))?")


def selected(text: str, size: int) -> tuple[int, ...]:
    """The indices that are meant, ascending, each once.

    Raises:
        SettingsError: it does not parse, or names an edge that the fleet of ``size`` does not have.
    """
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            raise SettingsError(f"--edge is {text!r}", hint="use a form such as 3, edge3, 3-7 or 0,3-7")
        if last >= size:
            raise SettingsError(f"there is no edge{last}: the fleet has edge0 to edge{size - 1}")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def selected_edges(session: Session) -> list[Edge]:
    """The edges that ``--edge`` names.

    Raises:
        SettingsError: it does not parse, or the fleet has no such edge.
    """
    fleet = session.target.fleet
    return [fleet.edge(index) for index in selected(str(session.options["edge"]), fleet.size)]


def edges_meant(session: Session) -> list[Edge]:
    """The edges that ``--edge`` names, and all of the fleet where it was not typed.

    Raises:
        SettingsError: as :func:`selected_edges`.
    """
    return selected_edges(session) if session.options.get("edge") else list(session.target.fleet.edges)
