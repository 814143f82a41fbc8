"""Accounts of many edges, made in several processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from edge_tasks.adapters import workers
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.groups import UTC
from edge_tasks.history import dates
from edge_tasks.history.described import mark
from edge_tasks.history.truth.account import Account, accounts_of
from edge_tasks.history.truth.answered import Bill, PastPoints
from edge_tasks.history.truth.batch import Batch
from edge_tasks.history.truth.periods import LENGTHS, periods
from edge_tasks.light.wire import journal
from edge_tasks.openems.sources import NEVER
from edge_tasks.plan import some

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from edge_tasks.checkout.blueprints import DescribedEdge
    from edge_tasks.fleet.incidents import Incident
    from edge_tasks.history.pasts import Noted
    from edge_tasks.light.wire.journal import Journal
    from edge_tasks.output import Output

_MOST: Final = 250
"""The most that are reckoned side by side: of more, only a few days at once fit into memory."""
_FEW: Final = 20
"""Fewer than this are not worth another process."""
_AGAIN: Final = "the same inv backfill again"


@dataclass(frozen=True)
class Wanted:
    """What was typed.

    Attributes:
        first: the first day; None for that on which the pasts begin.
        last: the last day; None for the last one that the pasts have as a whole.
        length: of the periods.
        zone: whose days are meant; None for those of each edge's group, else of its past.
    """

    first: date | None
    last: date | None
    length: str
    zone: tzinfo | None


def wanted(first: str, last: str, length: str, zone: str) -> Wanted:
    """What the texts after ``--from``, ``--to``, ``--period`` and ``--zone`` mean; empty ones were not typed.

    Raises:
        SettingsError: one means nothing.
    """
    if length and length not in LENGTHS:
        raise SettingsError(f"--period is {length!r}", hint=f"one of {', '.join(LENGTHS)}")
    begin, end = _day(first, "--from"), _day(last, "--to")
    if begin and end and begin > end:
        raise SettingsError(f"--from {first} is after --to {last}", hint="an earlier --from, or a later --to")
    return Wanted(begin, end, length or "month", dates.zone_named(zone) if zone else None)


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingsError(f"{option} is {text!r}", hint="a day such as 2025-11-01") from None


class _Lack(NamedTuple):
    """Why nothing can be said of some edges, and what to type."""

    why: str
    hint: str


@dataclass(frozen=True)
class KnownLife:
    """What is known of an edge's life.

    Attributes:
        began: epoch ms of its first moment, its past included; None if it has none yet.
        journal: what people have done to it.
    """

    began: int | None
    journal: Journal


@dataclass(frozen=True)
class Accounts:
    """The accounts of some edges.

    Attributes:
        wanted: what was typed.
        edges: light ones.
        others: edges that count by themselves, so that nothing is known of them.
        noted: what was written of their pasts, by name.
        lives: by name.
        meters: as in :class:`.Bill`.
        now: epoch ms.
        processes: how many there may be.
    """

    wanted: Wanted
    edges: Sequence[DescribedEdge]
    others: Sequence[str]
    noted: Mapping[str, Noted]
    lives: Mapping[str, KnownLife]
    meters: int | None
    now: int
    processes: int
    output: Output
    _lacking: dict[_Lack, list[str]] = field(default_factory=dict)

    def read(self) -> list[Account]:
        """All of them.

        Raises:
            SettingsError: there is nothing to be accounted for.
        """
        work = list(self._work())
        if not work:
            raise self._nothing()
        found: list[Account] = []
        edges = sum(len(batch.edges) for batch, _ in work)
        with self.output.progress("truth", edges, "edges") as progress:
            for some_accounts in self._accounts(work, edges):
                found += some_accounts
                progress(sum(len(one.edges) for one in found))
        return found

    def by_edge(self, found: Sequence[Account]) -> list[tuple[Account, int]]:
        """Each edge's account and the edge's place in it, in the order of the edges."""
        order = {edge.name: number for number, edge in enumerate(self.edges)}
        each = ((account, place) for account in found for place in range(len(account.edges)))
        return sorted(each, key=lambda one: order[one[0].edges[one[1]]])

    def remarks(self, found: Sequence[Account]) -> Iterator[str]:
        """What is not known, for people."""
        if self.others:
            yield f"left out: {some(tuple(self.others))}: real edges count by themselves"
        for lack, names in self._lacking.items():
            yield f"left out: {some(tuple(names))}: {lack.why} → {lack.hint}"
        for why in dict.fromkeys(account.unknown for account in found if account.unknown):
            unknown = tuple(name for account in found if account.unknown == why for name in account.edges)
            yield f"battery and grid are not reckoned of {some(unknown)}: {why}"
        yield from self._of_journals({name for account in found for name in account.edges})

    def _of_journals(self, known: Container[str]) -> Iterator[str]:
        """What people have changed on the edges that are accounted for."""
        names = [edge.name for edge in self.edges if edge.name in known]
        lost = {name: _lost(self._journal(name), self._end(name)) for name in names}
        firsts = {name: self._journal(name).entries[:1] for name in names}
        followed = tuple(name for name in names if any(one.at < lost[name] for one in firsts[name]))
        if followed:
            yield f"people have changed something on {some(followed)}: what their journals say is followed"
        lacking = tuple(name for name in names if lost[name] != NEVER)
        if lacking:
            yield f"the journal of {some(lacking)} lacks something, and nothing is known of what follows"

    def _accounts(self, work: Sequence[tuple[Batch, Bill]], edges: int) -> Iterator[list[Account]]:
        processes = min(self.processes, len(work), 1 + edges // _FEW)
        if processes == 1:
            yield from (accounts_of(*one) for one in work)
            return
        with workers.shared(_accounts_of, work, processes) as results:
            for one in results:
                yield one.result()

    def _work(self) -> Iterator[tuple[Batch, Bill]]:
        by_zone: dict[str, list[tuple[DescribedEdge, PastPoints, int]]] = {}
        for edge in self.edges:
            if past := self._past(edge):
                by_zone.setdefault("" if self.wanted.zone else self._zone(edge), []).append((edge, *past))
        for name, edges in by_zone.items():
            zone = self.wanted.zone or dates.zone_named(name)
            first, last = self._days(zone, [points for _, points, _ in edges])
            if first > last:
                self._leave_out(self._no_day(first, last), (edge for edge, _, _ in edges))
                continue
            found = periods(first, last, self.wanted.length, zone)
            bill = Bill(found, self.wanted.length, zone, self.meters, self.now)
            yield from ((batch, bill) for batch in self._batches(edges))

    def _past(self, edge: DescribedEdge) -> tuple[PastPoints, int] | None:
        """The points of an edge's past, and when it ends; None, and a remark, if nothing can be said."""
        noted, life = self.noted.get(edge.name), self.lives.get(edge.name)
        if noted is None and life is not None and life.began is not None:
            return PastPoints(life.began, life.began, 1), life.began
        if noted is None:
            lack = _Lack("they have not lived yet", "inv backfill --from 2025-11-01")
        elif not noted.is_whole:
            lack = _Lack("their pasts are not whole", _AGAIN)
        elif noted.mark != mark(edge):
            lack = _Lack(
                "their pasts were written of another template, profile or seed", f"{_AGAIN}, with --adopt"
            )
        else:
            return PastPoints(noted.begin, noted.until, noted.every), noted.end
        self._leave_out(lack, [edge])
        return None

    def _leave_out(self, lack: _Lack, edges: Iterable[DescribedEdge]) -> None:
        self._lacking.setdefault(lack, []).extend(edge.name for edge in edges)

    def _nothing(self) -> SettingsError:
        """Why there is nothing to be accounted for."""
        if not self._lacking:
            left_out = f": {some(tuple(self.others))} count by themselves" if self.others else ""
            return SettingsError(
                f"no light edge is meant{left_out}",
                hint="inv setup --light-edges 10 adds edges of which all is known",
            )
        whys = "; ".join(f"{some(tuple(names))}: {lack.why}" for lack, names in self._lacking.items())
        return SettingsError(f"there is nothing to account for: {whys}", hint=next(iter(self._lacking)).hint)

    def _zone(self, edge: DescribedEdge) -> str:
        """The name of the zone whose days are meant where none was typed."""
        noted = self.noted.get(edge.name)
        return noted.zone if noted is not None and noted.zone and edge.zone == UTC else edge.zone

    def _end(self, name: str) -> int:
        """Epoch ms at which an edge's past ends; where it has none, its first moment."""
        if name in self.noted:
            return self.noted[name].end
        return self.lives[name].began or 0 if name in self.lives else 0

    def _journal(self, name: str) -> Journal:
        return self.lives[name].journal if name in self.lives else journal.NOTHING

    def _days(self, zone: tzinfo, points: Sequence[PastPoints]) -> tuple[date, date]:
        """The first and the last day that are meant."""
        begin = min(one.begin for one in points)
        until = max(one.until for one in points)
        until = self.now if until == begin else until
        first = self.wanted.first or datetime.fromtimestamp(begin / 1000, zone).date()
        return first, self.wanted.last or datetime.fromtimestamp(until / 1000, zone).date() - timedelta(days=1)

    def _no_day(self, first: date, last: date) -> _Lack:
        whole = "" if self.wanted.last else ", their last whole day"
        return _Lack(f"no day is from {first} to {last}{whole}", "an earlier --from, or a later --to")

    def _batches(self, edges: Sequence[tuple[DescribedEdge, PastPoints, int]]) -> Iterator[Batch]:
        alike: dict[tuple[int, int, PastPoints, int, tuple[Incident, ...]], list[DescribedEdge]] = {}
        for edge, points, end in edges:
            incidents = self.noted[edge.name].incidents if edge.name in self.noted else ()
            key = id(edge.components), id(edge.profile), points, end, incidents
            alike.setdefault(key, []).append(edge)
        size = min(_MOST, max(_FEW, -(-len(self.edges) // self.processes)))
        for (_, _, points, end, incidents), some_edges in alike.items():
            for start in range(0, len(some_edges), size):
                part = some_edges[start : start + size]
                yield Batch(
                    tuple(edge.name for edge in part),
                    tuple(edge.source_key("") for edge in part),
                    part[0].components,
                    part[0].profile,
                    points,
                    end,
                    tuple(_lost(self._journal(edge.name), end) for edge in part),
                    tuple(self._journal(edge.name).entries for edge in part),
                    incidents,
                )


def _lost(found: Journal, end: int) -> int:
    """Epoch ms since when nothing is known: a journal lacks something, or begins before its edge's past ended."""
    early = [one.at for one in found.entries[:1] if one.at < end]
    return min([*early, *([] if found.lost is None else [found.lost])], default=NEVER)


def _accounts_of(work: tuple[Batch, Bill]) -> list[Account]:
    return accounts_of(*work)
