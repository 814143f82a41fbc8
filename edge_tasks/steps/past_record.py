"""What the fleet's record says of the pasts that were written, by the edges' names."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, TypeVar, cast

from edge_tasks.fleet.groups import ranges_holding
from edge_tasks.fleet.incidents import Incident
from edge_tasks.history.pasts import Noted

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping

    from edge_tasks.fleet.record import IncidentWritten, PastsRemoved, PastWritten, Record

_NAME: Final = "edge"
_T = TypeVar("_T", bound="Hashable")


@dataclass(frozen=True)
class PastRecord:
    """The record of one place that holds history.

    Attributes:
        place: for people.
    """

    record: Record
    place: str

    def read(self) -> dict[str, Noted]:
        """What is noted of each edge."""
        found: dict[str, Noted] = {}
        for entry in self._entries():
            if entry["place"] == self.place:
                times = entry["begin"], entry["until"], entry["end"], entry["every"]
                incidents = tuple(Incident(**one) for one in entry.get("incidents", ()))
                noted = Noted(*times, entry["mark"], entry["whole"], incidents, entry.get("zone", ""))
                found |= {f"{_NAME}{index}": noted for index in indices_of(entry["edges"])}
        return found

    def removed(self) -> dict[str, int]:
        """Since when, in epoch ms, nothing of an edge's earlier history is there."""
        entries = (entry for entry in self._removals() if entry["place"] == self.place)
        return {f"{_NAME}{index}": entry["at"] for entry in entries for index in indices_of(entry["edges"])}

    def other_places(self, names: Collection[str] | None) -> list[str]:
        """The other places in which pasts of some edges are noted; None means all edges."""
        indices = None if names is None else {index_of(name) for name in names}
        concerned = (
            entry["place"]
            for entry in self._entries()
            if indices is None or not indices.isdisjoint(indices_of(entry["edges"]))
        )
        return sorted(set(concerned) - {self.place})

    def note(self, pasts: Mapping[str, Noted]) -> None:
        """Note what was written of some edges, in place of what was noted of them."""
        self._write({**self.read(), **pasts})

    def forget(self, names: Iterable[str], at: int) -> None:
        """Note that nothing is left of what some edges had until epoch ms."""
        gone = set(names)
        self._write({name: noted for name, noted in self.read().items() if name not in gone})
        self._write_removed({**self.removed(), **dict.fromkeys(gone, at)})

    @property
    def is_paused(self) -> bool:
        """Whether light edges that ran were stopped for their past, and have not gone on."""
        return self.record.entries().get("paused", False)

    def pause(self) -> None:
        """Note that the light edges are stopped, and are to go on."""
        self.record.note(paused=True)

    def end_pause(self) -> None:
        """Note that they go on."""
        self.record.forget("paused")

    def _entries(self) -> list[PastWritten]:
        return self.record.entries().get("history", [])

    def _removals(self) -> list[PastsRemoved]:
        return self.record.entries().get("removed", [])

    def _write(self, pasts: Mapping[str, Noted]) -> None:
        others = [entry for entry in self._entries() if entry["place"] != self.place]
        alike = _by_value(pasts)
        self.record.note(history=[*others, *(self._entry(noted, found) for noted, found in alike.items())])

    def _write_removed(self, moments: Mapping[str, int]) -> None:
        others = [entry for entry in self._removals() if entry["place"] != self.place]
        ours: list[PastsRemoved] = [
            {"edges": ranges(indices), "place": self.place, "at": at}
            for at, indices in _by_value(moments).items()
        ]
        self.record.note(removed=[*others, *ours])

    def _entry(self, noted: Noted, indices: list[int]) -> PastWritten:
        found: PastWritten = {
            "edges": ranges(indices),
            "place": self.place,
            "begin": noted.begin,
            "until": noted.until,
            "end": noted.end,
            "every": noted.every,
            "mark": noted.mark,
            "whole": noted.is_whole,
        }
        if noted.incidents:
            found["incidents"] = [cast("IncidentWritten", asdict(one)) for one in noted.incidents]
        if noted.zone:
            found["zone"] = noted.zone
        return found


def _by_value(edges: Mapping[str, _T]) -> dict[_T, list[int]]:
    """The indices of the edges that have each value, ascending."""
    found: dict[_T, list[int]] = {}
    for name in sorted(edges, key=index_of):
        found.setdefault(edges[name], []).append(index_of(name))
    return found


def index_of(name: str) -> int:
    """The index of an edge."""
    return int(name.removeprefix(_NAME))


def indices_of(found: Iterable[Iterable[int]]) -> Iterable[int]:
    """The indices in ranges, as the record has them."""
    for first, last in found:
        yield from range(first, last + 1)


def ranges(indices: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending indices as ranges, each with its first and its last."""
    return [(found[0], found[-1]) for found in ranges_holding(indices)]
