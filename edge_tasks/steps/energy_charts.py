"""A year of months of the fleet and of its largest households, drawn for the report."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple

from edge_tasks.page.energy import KINDS, Energy, Year, told, total, year_chart
from edge_tasks.plan import counted
from edge_tasks.steps.energies import ask_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge_tasks.proof.protocol import StatusSource
    from edge_tasks.steps.households import Household

_AT_ONCE: Final = 8
_MOST: Final = 10
_CONSUMED: Final = KINDS["consumption"][1]


class Chart(NamedTuple):
    """A year of months: what of, in words, and as ``<svg>``."""

    title: str
    told: str
    svg: str


def year_charts(
    backend: StatusSource,
    households: Mapping[str, Sequence[Household]],
    year: Year,
    progress: Callable[[int], None],
) -> list[Chart]:
    """The fleet's consumption, and that of its largest households; empty if the backend answers nothing.

    Args:
        backend: that is asked.
        households: by the names of all edges.
        year: which.
        progress: is told how many edges have answered.

    Raises:
        BackendError: it cannot be asked.
    """

    def ask(edge: str) -> dict[str, list[int | None]]:
        channels = [_CONSUMED, *(one.channel for one in households[edge])]
        return ask_days(backend, edge, channels, year.first, year.today)

    fleet = Energy.of_nobody(len(year.days))
    largest: list[tuple[int, Household, list[int | None]]] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for number, (edge, found) in enumerate(zip(households, pool.map(ask, households), strict=True), 1):
            fleet.add(found[_CONSUMED])
            days = ((one, found[one.channel]) for one in households[edge])
            largest += [(used, one, each) for one, each in days if (used := total(each)) is not None]
            largest = sorted(largest, key=lambda one: -one[0])[:_MOST]
            progress(number)
    title = f"Consumption of {counted(len(households), 'edge')}"
    charts = [_chart(title, fleet, year)] if total(fleet.wh) is not None else []
    return charts + [_chart(_name(one), _alone(days), year) for _, one, days in largest]


def _chart(title: str, energy: Energy, year: Year) -> Chart:
    said = told(energy.wh, energy.answers, max(energy.answers))
    return Chart(title, said, year_chart(energy, year))


def _alone(days: list[int | None]) -> Energy:
    energy = Energy.of_nobody(len(days))
    energy.add(days)
    return energy


def _name(one: Household) -> str:
    return f"{one.edge}: {one.alias}" + (f" ({one.meter})" if one.alias != one.meter else "")
