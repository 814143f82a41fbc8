"""``inv verify --energy``: ask the backend for the energies of light edges, and compare them with the truth."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.errors import BackendError
from edge_tasks.history.truth.reasons import UNKNOWN, kind_of
from edge_tasks.plan import counted
from edge_tasks.proof.backend_api import BackendApi
from edge_tasks.timedata.errors import HistoryDiffers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from edge_tasks.history.truth.account import Account, Entry
    from edge_tasks.output import Output
    from edge_tasks.proof.protocol import StatusSource
    from edge_tasks.steps.accounts import Accounts

_AT_ONCE: Final = 16
_MOST_LISTED: Final = 20
_ENERGY: Final = "queryHistoricTimeseriesEnergy"
_PER_PERIOD: Final = "queryHistoricTimeseriesEnergyPerPeriod"


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
    backend: StatusSource
    output: Output

    def run(self) -> None:
        """Show how many answers are right, and why others differ from the truth.

        Raises:
            BackendError: it cannot be asked.
            HistoryDiffers: it answers something else than OpenEMS' own rule makes of the truth.
        """
        started, api = time.monotonic(), self.backend
        if not isinstance(api, BackendApi):
            raise BackendError("energies are asked at the backend's B2B REST API, which is not there")
        accounts = self.accounts.read()
        for remark in self.accounts.remarks(accounts):
            self.output.line(f"  ! {remark}")
        counts: dict[str, int] = {}
        differences: list[Difference] = []
        work = [(account, place) for account in accounts for place in range(len(account.edges))]
        with (
            self.output.progress("energy", len(work), "edges") as progress,
            ThreadPoolExecutor(_AT_ONCE) as pool,
        ):
            asked = pool.map(lambda one: _asked(api, *one), work)
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


def _asked(api: BackendApi, account: Account, place: int) -> dict[tuple[str, str], float | None]:
    """What the backend answers about an edge, by channel and the name of the period."""
    kept = [one.channel for one in account.counters if one.channel not in account.not_kept]
    found: dict[tuple[str, str], float | None] = {}
    for channels in (kept, sorted(account.not_kept)):
        if channels:
            found |= _energies(api, account, account.edges[place], channels)
    return found


def _energies(
    api: BackendApi, account: Account, edge: str, channels: Sequence[str]
) -> Iterator[tuple[tuple[str, str], float | None]]:
    periods = account.periods
    if not account.is_daily:
        for period in periods:
            answer = api.ask_edge(edge, _ENERGY, _params(period.first, period.last, channels, account.zone))
            data: Mapping[str, Any] = (answer or {}).get("data", {})
            yield from (((channel, period.name), data.get(channel)) for channel in channels)
        return
    params = _params(periods[0].first, periods[-1].last, channels, account.zone)
    resolution = {"value": 1, "unit": "Days"}
    answer = api.ask_edge(edge, _PER_PERIOD, {**params, "resolution": resolution}) or {}
    for channel in channels:
        values = answer.get("data", {}).get(channel) or [None] * len(periods)
        yield from (((channel, period.name), value) for period, value in zip(periods, values, strict=True))


def _params(first: date, last: date, channels: Sequence[str], zone: str) -> dict[str, object]:
    return {"fromDate": str(first), "toDate": str(last), "channels": list(channels), "timezone": zone}


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
