"""What the counters of edges show at some moments, also of edges on which people have changed something."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from edge_tasks.history.truth.journalled import unchanged_spans
from edge_tasks.history.truth.levels import levels_of
from edge_tasks.history.truth.reckoning import Reckoning
from edge_tasks.history.truth.site import in_order, reckoned, with_written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.history.truth.site import Counted, Reckoned
    from edge_tasks.light.wire.journal import Entry
    from edge_tasks.openems.configuration import Component
    from edge_tasks.timedata.points import Whole


class Lived(NamedTuple):
    """What some edges have counted.

    Attributes:
        places: the numbers of the edges.
        counters: that they have; each has its row in the energies.
        unknown: why what batteries do is not reckoned; empty if it is.
        energies: W*ms by counter, moment and edge.
    """

    places: Sequence[int]
    counters: tuple[Counted, ...]
    unknown: str
    energies: Whole


class AlikeEdges:
    """Edges that have one template and profile.

    Args:
        components: of the template.
        profile: the content of its file; None for the datasources' own powers.
        keys: of each edge, ``SEED/EDGE/``.
        begin: epoch ms, when their lives begin.
    """

    def __init__(
        self,
        components: Sequence[Component],
        profile: Mapping[str, object] | None,
        keys: Sequence[str],
        begin: int,
    ) -> None:
        self._components, self._profile, self._keys, self._begin = components, profile, keys, begin
        self._levels = levels_of(profile)
        self._known: dict[int, tuple[Sequence[Component], Reckoned]] = {}

    def lived(self, moments: Sequence[int], journals: Sequence[Sequence[Entry]]) -> Iterator[Lived]:
        """What they show at epoch ms, ascending: those that nobody has changed together, then each of the others.

        Args:
            moments: at least one.
            journals: what people have done to each edge.
        """
        site = self._reckoned(self._components)
        firsts = {place: entries[0].at for place, entries in enumerate(journals) if entries}
        changed = {place: first for place, first in firsts.items() if first < moments[-1]}
        all_moments = sorted({*moments, *changed.values()})
        energies = Reckoning(site.site, self._keys, self._begin, self._levels).energies(all_moments)
        asked = np.searchsorted(all_moments, moments)
        alike = [place for place in range(len(self._keys)) if place not in changed]
        if alike:
            yield Lived(alike, site.counters, site.unknown, energies[:, asked][:, :, alike])
        for place, first in changed.items():
            until = energies[:, np.searchsorted(all_moments, np.minimum(moments, first)), place]
            yield self._followed(place, until, moments, journals[place])

    def _followed(self, place: int, until: Whole, moments: Sequence[int], entries: Sequence[Entry]) -> Lived:
        """What an edge shows on which people have changed something.

        Args:
            place: the number of the edge.
            until: W*ms by counter and moment, which do not grow any more from the first change on.
            moments: epoch ms.
            entries: of its journal.
        """
        before, asked = self._reckoned(self._components), np.array(moments, np.int64)
        counters = {one.channel: one for one in before.counters}
        shown = {one.channel: until[one.place] for one in before.counters}
        for span in unchanged_spans(self._components, entries, moments[-1]):
            found = self._reckoned(span.components)
            inside = (span.begin < asked) & (asked <= span.end)
            site = with_written(found, span.written)
            reckoning = Reckoning(site, self._keys[place : place + 1], self._begin, self._levels)
            added = reckoning.energies([*asked[inside].tolist(), span.end], span.begin)[:, :, 0]
            for one in found.counters:
                known = counters.setdefault(one.channel, one)
                counters[one.channel] = known._replace(is_moved=known.is_moved or one.is_moved)
                own = shown.setdefault(one.channel, np.zeros_like(asked))
                own[inside] += added[one.place, :-1]
                own[asked > span.end] += added[one.place, -1]
        each = [one._replace(place=row) for row, one in enumerate(in_order(counters.values()))]
        energies = np.stack([shown[one.channel] for one in each])[:, :, None]
        return Lived([place], tuple(each), before.unknown, energies)

    def _reckoned(self, components: Sequence[Component]) -> Reckoned:
        """What is reckoned of components, made once."""
        if id(components) not in self._known:
            self._known[id(components)] = components, reckoned(components, self._profile)
        return self._known[id(components)][1]
