"""A year of months of the fleet and of its largest households, drawn for the report."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from edge_tasks.page.energies import AT_ONCE
from edge_tasks.page.energy import KINDS, Energy, Year, told, total, year_chart
from edge_tasks.page.snapshot import number
from edge_tasks.plan import counted
from edge_tasks.proof.energies import Days
from edge_tasks.steps.energies import whole_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge_tasks.proof.backend_api import BackendApi
    from edge_tasks.steps.households import Household

_MOST: Final = 10
_CONSUMED: Final = KINDS["consumption"][1]


class Chart(NamedTuple):
    """A year of months: what of, in words, and as ``<svg>``."""

    title: str
    told: str
    svg: str


def year_charts(
    backend: BackendApi,
    households: Mapping[str, Sequence[Household]],
    zones: Mapping[str, str],
    year: Year,
    progress: Callable[[int], None],
) -> list[Chart]:
    """The fleet's consumption, and that of the ten households with the highest counters.

    Args:
        backend: that is asked.
        households: by the names of all edges.
        zones: whose days each edge has, likewise.
        year: which.
        progress: is told how many edges have answered.

    Returns:
        Only of what the backend answers anything about.

    Raises:
        BackendError: it cannot be asked.
    """

    def ask(edge: str, channel: str = _CONSUMED) -> Sequence[int | None]:
        return whole_days(backend, edge, [channel], Days(year.first, year.today, zones[edge]))[channel]

    fleet = Energy.of_nobody(len(year.days))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for asked, days in enumerate(pool.map(ask, households), 1):
            fleet.add(days)
            progress(asked)
    if total(fleet.wh) is None:
        return []
    found = [(f"Consumption of {counted(len(households), 'edge')}", fleet, year)]
    found += [
        (_name(one), _alone(ask(one.edge, one.channel)), replace(year, zones=(one.zone,)))
        for one in _largest(backend, households)
    ]
    return [_chart(*one) for one in found if total(one[1].wh) is not None]


def _largest(backend: BackendApi, households: Mapping[str, Sequence[Household]]) -> list[Household]:
    """The households with the highest counters: to ask for a year of each takes minutes in a large fleet."""
    each = [one for some in households.values() for one in some]
    values = backend.values(list(households), sorted({one.channel for one in each}))
    counters = [(number(values.get(one.edge, {}).get(one.channel)), one) for one in each]
    known = [(value, one) for value, one in counters if value is not None]
    return [one for _, one in sorted(known, key=lambda found: -found[0])[:_MOST]]


def _chart(title: str, energy: Energy, year: Year) -> Chart:
    said = told(energy.wh, energy.answers, max(energy.answers), year.zones)
    return Chart(title, said, year_chart(energy, year))


def _alone(days: Sequence[int | None]) -> Energy:
    energy = Energy.of_nobody(len(days))
    energy.add(days)
    return energy


def _name(one: Household) -> str:
    return f"{one.edge}: {one.alias}" + (f" ({one.meter})" if one.alias != one.meter else "")
