"""``inv verify --energy``: ask the backend for the energies of light edges, and compare them with the truth."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.history.truth.reasons import UNKNOWN, kind_of
from edge_tasks.plan import counted
from edge_tasks.proof.energies import Days, ask_days, ask_energy
from edge_tasks.timedata.errors import HistoryDiffers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.history.truth.account import Account, Entry
    from edge_tasks.output import Output
    from edge_tasks.proof.backend_api import BackendApi
    from edge_tasks.steps.accounts import Accounts

_AT_ONCE: Final = 16
_MOST_LISTED: Final = 20


@dataclass(frozen=True)
class Difference:
    """Something that the backend answers otherwise.

    Attributes:
        edge: e.g. ``edge3``.
        channel: the address.
        period: its name.
        zone: whose days it has.
        wh: the truth; None if it is not known.
        expected: Wh that OpenEMS' own rule makes of it; None for null.
        answered: Wh; None for null.
    """

    edge: str
    channel: str
    period: str
    zone: str
    wh: int | None
    expected: int | None
    answered: float | None

    def __str__(self) -> str:
        """A line for people."""
        return (
            f"{self.edge} {self.channel} {self.period}: the backend answers {_wh(self.answered)},"
            f" and should answer {_wh(self.expected)}"
        )


@dataclass(frozen=True)
class VerifyEnergy:
    """Asks and compares.

    Attributes:
        accounts: what the backend should answer.
        backend: that is asked.
    """

    accounts: Accounts
    backend: BackendApi
    output: Output

    def run(self) -> None:
        """Show how many answers are right, and why others differ from the truth.

        Raises:
            BackendError: it cannot be asked.
            HistoryDiffers: it answers something else than OpenEMS' own rule makes of the truth.
        """
        started = time.monotonic()
        accounts = self.accounts.read()
        for remark in self.accounts.remarks(accounts):
            self.output.line(f"  ! {remark}")
        counts: dict[str, int] = {}
        differences: list[Difference] = []
        work = self.accounts.by_edge(accounts)
        with (
            self.output.progress("energy", len(work), "edges") as progress,
            ThreadPoolExecutor(_AT_ONCE) as pool,
        ):
            asked = pool.map(lambda one: _asked(self.backend, *one), work)
            for number, ((account, place), found) in enumerate(zip(work, asked, strict=True), 1):
                differences += _compared(account.entries_of(place), found, counts)
                progress(number)
        self._conclude(counts, differences, time.monotonic() - started)

    def _conclude(self, counts: Mapping[str, int], differences: Sequence[Difference], seconds: float) -> None:
        rows = [[_word(why), f"{count:,}"] for why, count in sorted(counts.items())]
        self.output.table(("answer", "energies"), rows)
        document = {"answers": {_word(why): count for why, count in counts.items()}}
        self.output.document(energy={**document, "differences": [asdict(one) for one in differences]})
        if differences:
            lines = [str(one) for one in differences[:_MOST_LISTED]]
            lines += [f"and {len(differences) - _MOST_LISTED} more"] if len(differences) > _MOST_LISTED else []
            raise HistoryDiffers(
                "\n".join((f"{counted(len(differences), 'energy', 'energies')} differ:", *lines)),
                hint="inv backfill with the options it was written with counts what is stored, and mends it",
            )
        compared = sum(count for why, count in counts.items() if why not in UNKNOWN)
        did = f"{counted(compared, 'energy', 'energies')} as expected, says the backend"
        self.output.step("energy", did, seconds, changed=True)


def _asked(backend: BackendApi, account: Account, place: int) -> dict[tuple[str, str], float | None]:
    """What the backend answers about an edge, by channel and the name of the period."""
    kept = [one.channel for one in account.counters if one.channel not in account.not_kept]
    found: dict[tuple[str, str], float | None] = {}
    for channels in (kept, sorted(account.not_kept)):
        if channels:
            found |= _energies(backend, account, account.edges[place], channels)
    return found


def _energies(
    backend: BackendApi, account: Account, edge: str, channels: Sequence[str]
) -> Iterator[tuple[tuple[str, str], float | None]]:
    periods, zone = account.periods, account.zone
    if account.is_daily:
        days = ask_days(backend, edge, channels, Days(periods[0].first, periods[-1].last, zone))
        for channel, values in days.items():
            yield from (((channel, period.name), value) for period, value in zip(periods, values, strict=True))
        return
    for period in periods:
        answer = ask_energy(backend, edge, channels, Days(period.first, period.last, zone))
        yield from (((channel, period.name), value) for channel, value in answer.items())


def _compared(
    entries: Iterator[Entry], found: Mapping[tuple[str, str], float | None], counts: dict[str, int]
) -> Iterator[Difference]:
    for one in entries:
        answered = found.get((one.channel, one.period))
        why = kind_of(one.why)
        counts[why] = counts.get(why, 0) + 1
        if one.why not in UNKNOWN and answered != one.answered:
            yield Difference(one.edge, one.channel, one.period, one.zone, one.wh, one.answered, answered)


def _word(why: str) -> str:
    if not why:
        return "the truth"
    return f"not compared: {why}" if why in UNKNOWN else why


def _wh(value: float | None) -> str:
    return "null" if value is None else f"{value:,} Wh"
