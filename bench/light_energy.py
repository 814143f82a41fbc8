"""What the energy counters of an edge of the stock template must say, without the program's own simulation.

Its meters have constant powers, so each of their counters is a power times a time, and a whole number of Wh.
Battery and grid share what is left between them, which must add up to the rounding of six counters.

A value over REST is that of the edge's last cycle, whose moment the answer does not tell. So the counters of an
edge are right when there is one moment, a cycle and the way ago at most, at which all are so to the last Wh.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.light_fleet import Stand

_HOUR = 3_600_000
_CYCLE = 1000
_PRODUCERS, _CONSUMERS = {"meter1": 3000, "meter2": 2000}, {"meter3": 500}
_POWERS = {
    "_sum/ProductionActiveEnergy": sum(_PRODUCERS.values()),
    "_sum/ConsumptionActiveEnergy": sum(_CONSUMERS.values()),
    **{f"{key}/ActiveProductionEnergy": power for key, power in {**_PRODUCERS, **_CONSUMERS}.items()},
    **{f"{key}/ActiveConsumptionEnergy": 0 for key in {**_PRODUCERS, **_CONSUMERS}},
}
"""Counter → W."""
_IN = ("_sum/ProductionActiveEnergy", "_sum/GridBuyActiveEnergy", "_sum/EssDcDischargeEnergy")
_OUT = ("_sum/ConsumptionActiveEnergy", "_sum/GridSellActiveEnergy", "_sum/EssDcChargeEnergy")
_ROUNDING = 3
"""Wh: three counters on each side, each less than 1 below what it stands for."""


@dataclass(frozen=True)
class Energy:
    """Of all edges.

    Attributes:
        right: edges all of whose counters are right.
        edges: of so many.
        wrong: the first that is not, for whoever looks.
    """

    right: int
    edges: int
    wrong: str = ""


def check(stand: Stand, late: float = 0.0) -> Energy:
    """Compare the counters of all edges, as the backend's REST API has them.

    Args:
        stand: the fleet.
        late: seconds by which a cycle or its message may be late.
    """
    began = beginnings(stand)
    before = time.time()
    found = stand.api.values(stand.names, sorted({*_POWERS, *_IN, *_OUT}))
    after = time.time()
    earliest, latest = int(before * 1000) - 2 * _CYCLE - int(late * 1000), int(after * 1000)
    right, wrong = 0, ""
    for edge in stand.names:
        moments = range(earliest - began[edge], latest - began[edge] + 1)
        if is_right(found.get(edge, {}), moments):
            right += 1
        else:
            wrong = wrong or f"{edge} after {moments.start} to {moments.stop} ms: {found.get(edge)}"
    return Energy(right, stand.edges, wrong)


def beginnings(stand: Stand) -> dict[str, int]:
    """When each edge's plant began, ms since 1970."""
    files = [json.loads(file.read_bytes()) for file in stand.folder.glob("light-memory*.json")]
    return {edge: kept["began"] for file in files for edge, kept in file.items()}


def is_right(values: dict[str, Any], moments: range) -> bool:
    """Whether one of these moments explains every counter, and what comes in goes out again."""
    if not all(isinstance(values.get(name), int) for name in (*_POWERS, *_IN, *_OUT)):
        return False
    balance = sum(values[name] for name in _IN) - sum(values[name] for name in _OUT)
    if abs(balance) > _ROUNDING:
        return False
    # between two rises of counters nothing changes, so only the moments of rises need a look
    rises = {-(-values[name] * _HOUR // power) for name, power in _POWERS.items() if power}
    return any(_explains(moment, values) for moment in {moments.start, *rises} if moment in moments)


def _explains(moment: int, values: dict[str, Any]) -> bool:
    return all(values[name] == power * moment // _HOUR for name, power in _POWERS.items())
