"""What the fleet's record says of the pasts that were written, by the edges' names."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, cast

from edge_tasks.fleet.incidents import Incident
from edge_tasks.history.pasts import Noted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edge_tasks.fleet.record import IncidentWritten, PastWritten, Record

_NAME: Final = "edge"


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
                noted = Noted(*times, entry["mark"], entry["whole"], incidents)
                found |= {f"{_NAME}{index}": noted for index in indices_of(entry["edges"])}
        return found

    def note(self, pasts: Mapping[str, Noted]) -> None:
        """Note what was written of some edges, in place of what was noted of them."""
        self._write({**self.read(), **pasts})

    def forget(self, names: Iterable[str]) -> None:
        """Note that nothing is left of some edges."""
        gone = set(names)
        self._write({name: noted for name, noted in self.read().items() if name not in gone})

    def _entries(self) -> list[PastWritten]:
        return self.record.entries().get("history", [])

    def _write(self, pasts: Mapping[str, Noted]) -> None:
        others = [entry for entry in self._entries() if entry["place"] != self.place]
        alike: dict[Noted, list[int]] = {}
        for name, noted in pasts.items():
            alike.setdefault(noted, []).append(int(name.removeprefix(_NAME)))
        self.record.note(history=[*others, *(self._entry(noted, found) for noted, found in alike.items())])

    def _entry(self, noted: Noted, indices: list[int]) -> PastWritten:
        found: PastWritten = {
            "edges": ranges(sorted(indices)),
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
        return found


def indices_of(found: Iterable[Iterable[int]]) -> Iterable[int]:
    """The indices in ranges, as the record has them."""
    for first, last in found:
        yield from range(first, last + 1)


def ranges(indices: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending indices as ranges, each with its first and its last."""
    found: list[tuple[int, int]] = []
    for index in indices:
        if found and index == found[-1][1] + 1:
            found[-1] = found[-1][0], index
        else:
            found.append((index, index))
    return found
