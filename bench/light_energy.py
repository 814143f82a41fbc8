"""Whether the energy counters of all edges are what :mod:`bench.energy` computes without the simulation.

A value over REST is that of the edge's last cycle, whose moment the answer does not tell. So the counters of an
edge are right when there is one moment, a cycle and the way ago at most, at which all of its meters are so to the
last Wh. Battery and grid share what is left between them: that must add up to the rounding of six counters.
"""

from __future__ import annotations

import json
import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.energy import watt_hours, watt_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.light_fleet import Stand

_CYCLE = 1000
_CONSTANTS = {"meter1": ("production", 3000), "meter2": ("production", 2000), "meter3": ("consumption", 500)}
"""Of the stock template: W."""
_SUMS = {"_sum/ProductionActiveEnergy": "production", "_sum/ConsumptionActiveEnergy": "consumption"}
_RISING = {meter: f"{meter}/Active{kind.title()}Energy" for meter, (kind, _) in _CONSTANTS.items()}
_EITHER = {f"{meter}/Active{kind}Energy" for meter in _CONSTANTS for kind in ("Production", "Consumption")}
_COUNTERS = (*_SUMS, *_RISING.values())
_NEVER = tuple(sorted(_EITHER - set(_COUNTERS)))
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


class Edge:
    """What an edge's meters have counted since it began.

    Args:
        told: the fleet file, with the load shape and its seed.
        name: of the edge.
        began: ms since 1970.
    """

    def __init__(self, told: Mapping[str, Any], name: str, began: int) -> None:
        self._profile, self._name = told.get("profile") or {}, name
        self._seed = told.get("seed", "")
        self.began = began

    def counters(self, now: int) -> dict[str, int]:
        """Wh at a moment."""
        used = {meter: self._meter(meter, *constant, now) for meter, constant in _CONSTANTS.items()}
        found = {_RISING[meter]: watt_hours([wms]) for meter, wms in used.items()}
        for name, kind in _SUMS.items():
            found[name] = watt_hours([used[meter] for meter in used if _CONSTANTS[meter][0] == kind])
        return found

    def _meter(self, meter: str, kind: str, value: int, now: int) -> int:
        if kind not in self._profile:
            return value * (now - self.began)
        key = f"{self._seed}/{self._name}/{meter}"
        return watt_ms(self._profile, kind, value, key, (self.began, now))


def check(stand: Stand, late: float = 0.0) -> Energy:
    """Compare the counters of all edges, as the backend's REST API has them.

    Args:
        stand: the fleet.
        late: seconds by which a cycle or its message may be late.
    """
    told: dict[str, Any] = json.loads(stand.hosts.config.read_text())
    files = [json.loads(file.read_bytes()) for file in stand.folder.glob("light-memory*.json")]
    began = {name: kept["began"] for file in files for name, kept in file.items()}
    before = time.time()
    found = stand.api.values(stand.names, sorted({*_COUNTERS, *_NEVER, *_IN, *_OUT}))
    moments = range(int(1000 * (before - late)) - 2 * _CYCLE, int(1000 * time.time()) + 1)
    right, wrong = 0, ""
    for name in stand.names:
        if is_right(found.get(name, {}), Edge(told, name, began[name]), moments):
            right += 1
        else:
            wrong = wrong or f"{name}, begun at {began[name]}, at {moments}: {found.get(name)}"
    return Energy(right, stand.edges, wrong)


def is_right(values: Mapping[str, Any], edge: Edge, moments: range) -> bool:
    """Whether one of these moments explains every counter of the meters, and what comes in goes out again."""
    if not all(isinstance(values.get(name), int) for name in (*_COUNTERS, *_NEVER, *_IN, *_OUT)):
        return False
    balance = sum(values[name] for name in _IN) - sum(values[name] for name in _OUT)
    if abs(balance) > _ROUNDING or any(values[name] for name in _NEVER):
        return False
    # between two rises of counters nothing changes, so only the moments of rises need a look
    possible = [moment for moment in moments[:: max(1, len(moments) - 1)] if moment >= edge.began]
    possible += [_rise(values, edge, name, moments) for name in _COUNTERS]
    return any(moment in moments and _explains(values, edge, moment) for moment in possible)


def _rise(values: Mapping[str, Any], edge: Edge, name: str, moments: range) -> int:
    """When a counter came to this value; a moment that is none of these when it was not then."""
    place = bisect_left(moments, values[name], key=lambda moment: edge.counters(moment)[name])
    return moments.start + place


def _explains(values: Mapping[str, Any], edge: Edge, moment: int) -> bool:
    return all(values[name] == wh for name, wh in edge.counters(moment).items())
