"""Households: consumption meters that are added to a template, and what a billing engine reads of them. Pure."""

from __future__ import annotations

import hashlib
import itertools
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.openems import felix
from edge_tasks.openems.components import factory
from edge_tasks.openems.energies import COUNTERS
from edge_tasks.openems.release import RELEASES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import PurePosixPath

    from edge_tasks.openems.configuration import Component

_METER: Final = "Simulator.NRCMeter.Acting"
_DATASOURCE: Final = "Simulator.Datasource.Single.Direct"
_NEVER: Final = "9999"
"""Later than every release."""

_POWER: Final = 300
"""Household 7 draws 307 W: some 2,700 kWh a year, no two on an edge are equal, and each is known by its power."""


@dataclass(frozen=True)
class ConsumptionMeter:
    """A meter whose consumption can be billed.

    Attributes:
        id: e.g. ``meter4``.
        alias: as configured; its id where there is none.
        channel: its counter in Wh, e.g. ``meter4/ActiveConsumptionEnergy``.
        aggregated_since: the first release whose ``Timedata.AggregatedInfluxDB`` answers that channel; None while
            none does.
    """

    id: str
    alias: str
    channel: str
    aggregated_since: str | None


def consumption_meters(components: Iterable[Component]) -> tuple[ConsumptionMeter, ...]:
    """The enabled ones among some components, in the order of the numbers in their ids."""
    found = (one for one in components if one.enabled and factory(one.factory_pid).measures == "consumption")
    counter = COUNTERS["consumption"].positive
    return tuple(
        ConsumptionMeter(one.id, one.alias or one.id, f"{one.id}/{counter}", _aggregated_since(one.id))
        for one in sorted(found, key=lambda one: _natural(one.id))
    )


def not_aggregated(meters: Iterable[ConsumptionMeter]) -> tuple[str, ...]:
    """A sentence for each limit of ``Timedata.AggregatedInfluxDB`` that some of these meters exceed."""
    known = tuple(meters)
    found = []
    for release in {one.aggregated_meters: one for one in reversed(RELEASES)}.values():
        lost = [one.id for one in known if (one.aggregated_since or _NEVER) > release.since]
        if lost:
            found.append(
                f"Timedata.AggregatedInfluxDB of OpenEMS {release.since} answers only for"
                f" meter0 to meter{release.aggregated_meters - 1}, so not for {_listed(lost)}"
            )
    return tuple(reversed(found))


def household_files(taken: Collection[str], count: int) -> Iterator[tuple[PurePosixPath, str]]:
    """The files of so many households of a template: path below ``config.d``, and text.

    Household 1 gets the first free ``meterN`` and ``datasourceN``, household 2 the second. So the files of a
    household do not depend on how many follow it.

    Args:
        taken: the ids that the template's components have.
        count: how many households.
    """
    meters, datasources = _free("meter", taken), _free("datasource", taken)
    for number, meter, datasource in zip(range(1, count + 1), meters, datasources, strict=False):
        yield _datasource_file(number, datasource)
        yield _meter_file(number, meter, datasource)


def _datasource_file(number: int, own_id: str) -> tuple[PurePosixPath, str]:
    pid = _pid(_DATASOURCE, number)
    text = (
        f"alias={felix.quote(f'Household {number} Datasource')}\n"
        'enabled=B"true"\n'
        f'id="{own_id}"\n'
        f'service.factoryPid="{_DATASOURCE}"\n'
        f'service.pid="{pid}"\n'
        'timeDelta=I"-1"\n'
        f'values=i[ \\\n  "{_POWER + number}", \\\n  ]\n'
    )
    return felix.path_of(pid), text


def _meter_file(number: int, own_id: str, datasource: str) -> tuple[PurePosixPath, str]:
    pid = _pid(_METER, number)
    target = f"(&(enabled=true)(!(service.pid={pid}))(|(id={datasource})))"
    text = (
        f"alias={felix.quote(f'Household {number}')}\n"
        f'datasource.id="{datasource}"\n'
        f"datasource.target={felix.quote(target)}\n"
        'enabled=B"true"\n'
        f'id="{own_id}"\n'
        f'service.factoryPid="{_METER}"\n'
        f'service.pid="{pid}"\n'
    )
    return felix.path_of(pid), text


def _pid(factory_pid: str, number: int) -> str:
    """The same for every template; an edge gets its own instead, as for each file of a template."""
    digest = hashlib.sha256(f"household/{factory_pid}/{number}".encode()).digest()
    return f"{factory_pid}.{uuid.UUID(bytes=digest[:16], version=4)}"


def _free(prefix: str, taken: Collection[str]) -> Iterator[str]:
    return (own_id for number in itertools.count() if (own_id := f"{prefix}{number}") not in taken)


def _aggregated_since(own_id: str) -> str | None:
    number = re.fullmatch(r"meter(0|[1-9][0-9]*)", own_id)
    if number is None:
        return None
    return next((one.since for one in RELEASES if int(number[1]) < one.aggregated_meters), None)


def _listed(ids: list[str]) -> str:
    """The ids in their order; of a row of them only the first and the last."""
    is_row = len(ids) > 1 and len({_natural(own_id)[0] for own_id in ids}) == 1
    return f"{ids[0]} to {ids[-1]}" if is_row else ", ".join(ids)


def _natural(own_id: str) -> tuple[str, int]:
    """``meter10`` comes after ``meter9``."""
    name = own_id.rstrip("0123456789")
    return name, int(own_id[len(name) :] or -1)
