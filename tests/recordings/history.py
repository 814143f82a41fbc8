"""Points by rule, and what a real backend was asked about them: both sides of the recording ``answers.json``.

Every edge has one oddity less or more. Times are epoch ms; a series is ``{address: [(time, value), ...]}``.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Series: TypeAlias = "dict[str, list[tuple[int, int | float]]]"

QUARTER = 900_000
MINUTE = 60_000
HOUR = 3_600_000
DAY = 86_400_000
BEGIN = 1_756_324_800_000
"""2025-08-27T20:00Z. Ninety days of quarter hours begin here, so the last one is that of 2025-11-25T19:45Z."""
COUNT = 90 * 96
OCTOBER_10 = 1_760_054_400_000
OCTOBER_15 = OCTOBER_10 + 5 * DAY
OCTOBER_25_20H = OCTOBER_10 + 15 * DAY + 20 * HOUR
GAP = (OCTOBER_10 + 10 * DAY, OCTOBER_10 + 13 * DAY + 12 * HOUR)
"""Three and a half days from the 20th of October on, in which the odd edge is silent."""


def steady() -> Series:
    """500 W at a meter, and a meter that was there for two days only."""
    times = [BEGIN + place * QUARTER for place in range(COUNT)]
    short = [time for time in times if OCTOBER_10 <= time < OCTOBER_10 + 2 * DAY]
    return {
        "meter0/ActivePower": [(time, 500) for time in times],
        "meter0/ActiveConsumptionEnergy": [(time, 1000 + 125 * place) for place, time in enumerate(times)],
        "meter2/ActiveConsumptionEnergy": [(time, 7 * place) for place, time in enumerate(short)],
    }


def odd() -> Series:
    """A counter that was replaced, one that wobbles, one that lost a million; and a gap in all of them."""
    places = [place for place in range(COUNT) if not GAP[0] <= BEGIN + place * QUARTER < GAP[1]]
    changed = (OCTOBER_15 + 9 * HOUR + 30 * MINUTE - BEGIN) // QUARTER
    return {
        "meter0/ActiveConsumptionEnergy": [
            (BEGIN + place * QUARTER, 125 * (place if place < changed else place - changed)) for place in places
        ],
        "meter1/ActiveConsumptionEnergy": [
            (BEGIN + place * QUARTER, 10 * place - (15 if place % 5 == 4 else 0)) for place in places
        ],
        "meter3/ActiveConsumptionEnergy": [
            (BEGIN + place * QUARTER, 125 * place + (1_000_000 if place < changed else 0)) for place in places
        ],
        "meter4/ActiveConsumptionEnergy": [(BEGIN + place * QUARTER, place / 8) for place in places],
    }


def fine() -> Series:
    """A point each minute over the end of summer time in Europe, from 2025-10-25T20:00Z on, for 30 hours."""
    times = [OCTOBER_25_20H + place * MINUTE for place in range(30 * 60)]
    numbered = list(enumerate(times))
    return {
        "ess0/ActivePower": [(time, place * 37 % 1000 - 500) for place, time in numbered],
        "ess0/Soc": [(time, place % 101) for place, time in numbered if place % 7 == 0],
        "meter0/Frequency": [(time, 49.5 + place % 9 / 8) for place, time in numbered],
        "meter0/ActiveConsumptionEnergy": [(time, 8 * place) for place, time in numbered],
    }


def single() -> Series:
    """One point, at noon of the 10th of October."""
    return {
        "meter0/ActivePower": [(OCTOBER_10 + 12 * HOUR, 77)],
        "meter0/ActiveConsumptionEnergy": [(OCTOBER_10 + 12 * HOUR, 4711)],
    }


EDGES = {"edge0": steady, "edge1": odd, "edge2": fine, "edge3": single, "edge4": dict}
"""The edges of the recording; the last one never had a point."""
ENERGIES = {
    "edge0": [
        "meter0/ActiveConsumptionEnergy",
        "meter2/ActiveConsumptionEnergy",
        "meter9/ActiveConsumptionEnergy",
    ],
    "edge1": [f"meter{number}/ActiveConsumptionEnergy" for number in (0, 1, 3, 4)],
    "edge2": ["meter0/ActiveConsumptionEnergy"],
    "edge3": ["meter0/ActiveConsumptionEnergy"],
    "edge4": ["meter0/ActiveConsumptionEnergy"],
}
ZONES = ("UTC", "Europe/Berlin", "Africa/Kampala", "America/New_York", "Australia/Sydney", "Asia/Kolkata")
SPANS = {
    "month": ("2025-10-01", "2025-10-31"),
    "long day": ("2025-10-26", "2025-10-26"),
    "all": ("2025-08-01", "2025-12-31"),
    "three months": ("2025-09-01", "2025-11-25"),
    "with the gap": ("2025-10-14", "2025-10-25"),
    "ten days": ("2025-10-08", "2025-10-17"),
    "before": ("2024-10-01", "2024-10-31"),
    "backwards": ("2025-10-31", "2025-10-01"),
}
_DATA = {
    "edge0": ["meter0/ActivePower", "meter9/ActivePower"],
    "edge2": ["ess0/ActivePower", "ess0/Soc", "meter0/Frequency"],
    "edge3": ["meter0/ActivePower"],
}


def _params(zone: str, span: str, channels: list[str], **more: Any) -> dict[str, Any]:
    begin, end = SPANS[span]
    return {"fromDate": begin, "toDate": end, "timezone": zone, "channels": channels, **more}


def _resolution(value: int, unit: str) -> dict[str, Any]:
    return {"resolution": {"value": value, "unit": unit}}


def _energies() -> list[tuple[str, str, dict[str, Any]]]:
    kind = "queryHistoricTimeseriesEnergy"
    spans = ("month", "long day", "all", "with the gap", "before", "backwards")
    asked = [(edge, zone, span) for edge in ("edge0", "edge1") for zone in ZONES for span in spans]
    asked += [(edge, zone, "long day") for edge in ("edge2", "edge3", "edge4") for zone in ZONES[:3]]
    asked += [("edge3", "UTC", "month"), ("edge4", "UTC", "month")]
    return [(edge, kind, _params(zone, span, ENERGIES[edge])) for edge, zone, span in asked]


def _single_channels() -> list[tuple[str, str, dict[str, Any]]]:
    """One channel alone, where others would hide that the whole answer is empty."""
    kinds = ("queryHistoricTimeseriesEnergy", "queryHistoricTimeseriesEnergyPerPeriod")
    asked = [("edge0", "meter9"), ("edge0", "meter2"), *(("edge1", f"meter{number}") for number in (0, 1, 3, 4))]
    return [
        (edge, kind, _params("UTC", "month", [f"{meter}/ActiveConsumptionEnergy"], **_resolution(1, "Days")))
        for edge, meter in asked
        for kind in kinds
    ]


def _periods() -> list[tuple[str, str, dict[str, Any]]]:
    kind = "queryHistoricTimeseriesEnergyPerPeriod"
    asked: list[tuple[str, str, str, int, str]] = []
    for zone in ZONES:
        asked += [("edge0", zone, span, 1, "Days") for span in ("month", "long day", "three months")]
        asked += [("edge1", zone, "with the gap", 1, "Days"), ("edge0", zone, "three months", 1, "Months")]
        asked += [("edge0", zone, "long day", 1, "Hours"), ("edge0", zone, "long day", 15, "Minutes")]
        asked += [("edge2", zone, "long day", 1, "Hours")]
    asked += [("edge0", zone, "all", 1, "Years") for zone in ZONES[:2]]
    asked += [("edge0", zone, "all", 1, "Months") for zone in ZONES[:2]]
    asked += [("edge1", "UTC", "with the gap", 1, "Hours"), ("edge1", "UTC", "three months", 1, "Months")]
    asked += [("edge0", "UTC", "ten days", 2, "Days"), ("edge0", "UTC", "month", 1, "Weeks")]
    asked += [("edge0", "UTC", "three months", 2, "Months"), ("edge0", "Europe/Berlin", "ten days", 12, "Hours")]
    asked += [(edge, "UTC", span, 1, "Days") for edge in ("edge3", "edge4") for span in ("month", "long day")]
    asked += [("edge0", "UTC", span, 1, "Days") for span in ("before", "backwards")]
    return [
        (edge, kind, _params(zone, span, ENERGIES[edge], **_resolution(value, unit)))
        for edge, zone, span, value, unit in asked
    ]


def _data() -> list[tuple[str, str, dict[str, Any]]]:
    kind = "queryHistoricTimeseriesData"
    asked: list[tuple[str, str, str, dict[str, Any]]] = []
    for zone in ZONES:
        asked += [("edge2", zone, "long day", _resolution(1, "Hours"))]
        asked += [("edge0", zone, "long day", _resolution(6, "Hours"))]
        asked += [("edge0", zone, "three months", _resolution(1, "Months"))]
        asked += [("edge0", zone, "ten days", _resolution(1, "Days"))]
    asked += [
        ("edge2", "Europe/Berlin", "long day", _resolution(15, "Minutes")),
        ("edge0", "UTC", "long day", {}),
    ]
    asked += [("edge3", "UTC", span, {}) for span in ("ten days", "month", "all", "with the gap")]
    asked += [("edge0", "UTC", "ten days", {"resolution": 43_200}), ("edge0", "UTC", "before", {})]
    return [(edge, kind, _params(zone, span, _DATA[edge], **more)) for edge, zone, span, more in asked] + [
        ("edge4", kind, _params("UTC", "month", ["meter0/ActivePower"], **_resolution(1, "Days")))
    ]


def _refusals() -> list[tuple[str, str, dict[str, Any]]]:
    """Params that are odd or wrong."""
    energy, period = "queryHistoricTimeseriesEnergy", "queryHistoricTimeseriesEnergyPerPeriod"
    good = _params("UTC", "month", ENERGIES["edge0"][:1], **_resolution(1, "Days"))
    without = [{name: good[name] for name in good if name != gone} for gone in good]
    odd_ones: list[dict[str, Any]] = [
        {"timezone": "Nowhere/Land"},
        {"timezone": -7200},
        {"timezone": "GMT+2"},
        {"fromDate": "01.10.2025"},
        {"fromDate": "2025-13-01"},
        {"fromDate": "2025-10-1"},
        {"fromDate": 20251001},
        {"channels": []},
        {"channels": "meter0/ActivePower"},
        {"channels": ["meter0"]},
        {"channels": ["meter0/ActiveConsumptionEnergy", "meter0/ActiveConsumptionEnergy"]},
        {"resolution": {"value": 1, "unit": "days"}},
        {"resolution": {"value": 1, "unit": "Fortnights"}},
        {"resolution": {"value": "x", "unit": "Days"}},
        {"resolution": {"unit": "Days"}},
        {"resolution": 86_400},
    ]
    asked = [("edge0", kind, params) for params in without for kind in (energy, period)]
    return asked + [("edge0", kind, good | change) for change in odd_ones for kind in (energy, period)]


QUESTIONS = [*_energies(), *_single_channels(), *_periods(), *_data(), *_refusals()]
"""Edge, method and params of each question, in the order of the recorded answers."""
