"""Edges that are reckoned side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.truth.answered import PastPoints
    from edge_tasks.light.wire import journal
    from edge_tasks.openems.configuration import Component


@dataclass(frozen=True)
class Batch:
    """Edges with a past of the same span and incidents, of one template and profile.

    Attributes:
        edges: their names.
        keys: of each, ``SEED/EDGE/``.
        components: of the template.
        profile: the content of its file; None for the datasources' own powers.
        points: of the past; none at all (``until`` is ``begin``) of edges that have only lived.
        end: epoch ms, from which on the live edges went on; what batteries do then is not reckoned.
        changed: of each, epoch ms since when its journal lacks something; far in the future if it lacks nothing.
        journals: what people have done to each edge since its past ended.
        incidents: what went wrong in the past.
    """

    edges: tuple[str, ...]
    keys: tuple[str, ...]
    components: Sequence[Component]
    profile: Mapping[str, object] | None
    points: PastPoints
    end: int
    changed: tuple[int, ...]
    journals: tuple[tuple[journal.Entry, ...], ...]
    incidents: tuple[Incident, ...] = ()

    def only(self, places: Sequence[int]) -> Batch:
        """The batch with some of its edges."""
        return replace(
            self,
            edges=tuple(self.edges[place] for place in places),
            keys=tuple(self.keys[place] for place in places),
            changed=tuple(self.changed[place] for place in places),
            journals=tuple(self.journals[place] for place in places),
        )
