"""Profiles that use what a profile can say about dates, clocks, the sun and readings."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

DAY = 86_400_000
SEASONS: list[dict[str, Any]] = [
    {"from": "11-15", "to": "02-29", "factor": 1.37, "weekend": [8, 2, 8], "friday": [3, 4]},
    {"from": "06-01", "to": "06-30", "day": [5, 0, 1, 2], "holiday": [9, 9]},
    {"from": "08-01", "to": "08-01", "factor": 0},
]
WEEK: dict[str, Any] = {
    "day": {"00:00": 3, "06:30": 7.25, "19:45": 11},
    "saturday": [6, 7, 8, 9, 1, 2],
    "wednesday": [3, 3.3],
    "holiday": [1, 0],
    "seasons": SEASONS,
    "dynamisation": [1.24, 0.0021, -7.02e-5, 3.2e-7, -3.92e-10],
    "scale": [0.4, 1.7],
    "shift_min": 75,
    "noise": 0.4,
}
DATES: dict[str, Any] = {"holidays": ["12-25", "2026-04-06", "06-04"], "saturdays": ["12-24", "06-01"]}
ROOF: dict[str, Any] = {
    "pv": {"latitude": 52.5, "longitude": 13.4, "tilt": 35, "azimuth": 190},
    "seasons": [{"from": "11-01", "to": "02-15", "factor": 0.7}],
    "clouds": [0.05, 0.8],
    "noise": 0.1,
    "shift_min": 20,
}
SUN: dict[str, Any] = {
    "sun": {"rise": "05:45", "set": "21:10"},
    "clouds": [0.1, 0.9],
    "dynamisation": [0.5, 0.001],
}


def series(
    repeat: str, count: int, step_s: int = 3600, begin: str = "2025-01-01T00:00:00+00:00"
) -> dict[str, Any]:
    watts = [place * 7919 % 4000 + place % 8 / 8 for place in range(count)]
    return {"begin": begin, "step_s": step_s, "watts": watts, "repeat": repeat}


SHAPES: dict[str, dict[str, Any]] = {
    "berlin": {"zone": "Europe/Berlin", **DATES, "consumption": WEEK, "production": ROOF},
    "sydney": {
        "zone": "Australia/Sydney",
        "step_s": 900,
        "aligned": True,
        **DATES,
        "consumption": WEEK,
        "production": {**SUN, "seasons": SEASONS[2:]},
    },
    "lord howe": {
        "zone": "Australia/Lord_Howe",
        "step_s": 300,
        "consumption": {"day": [1, 2, 3, 4, 5], "unit": 2.5},
        "production": {"pv": {"latitude": -31.5, "longitude": 159.1, "azimuth": 0, "tilt": 20}},
    },
    "no zone": {"utc_offset_min": -210, "step_s": 1800, **DATES, "consumption": WEEK, "production": SUN},
    "arctic": {"production": {"pv": {"latitude": 78.2, "longitude": 15.6}, "unit": 0.4}},
    "a year of readings": {
        "zone": "America/Santiago",
        "step_s": 900,
        "consumption": {"series": series("year", 500 * 24, begin="2024-01-01T03:00:00+00:00"), "scale": [0.5, 2]},
        "production": {"series": series("never", 3000, 900), "unit": 800, "clouds": [0, 0.5]},
    },
    "a week of readings": {
        "utc_offset_min": 60,
        "consumption": {"series": series("week", 8 * 288, 300), "noise": 1},
    },
}
SPANS = {
    "spring in Europe": 1_774_656_000_000,
    "autumn in Europe": 1_792_800_000_000,
    "autumn in Australia": 1_775_260_800_000,
    "spring in Australia": 1_790_985_600_000,
    "a leap day": 1_835_395_200_000,
    "new year": 1_767_139_200_000,
}
"""Epoch ms: midnight of UTC before the day."""

ZONES = st.sampled_from(["Europe/Berlin", "Australia/Sydney", "Asia/Kathmandu", "America/Santiago", "UTC"])
_LEVELS = st.lists(st.integers(0, 1000), min_size=2, max_size=9).filter(lambda found: sum(found) > 0)
_DATES = st.dates().map(lambda day: f"{day:%m-%d}")
CONTENTS = st.fixed_dictionaries(
    {
        "step_s": st.sampled_from([60, 300, 900]),
        "consumption": st.fixed_dictionaries(
            {"day": st.just([3, 1, 4]), "unit": st.floats(0.25, 9)},
            optional={
                "monday": _LEVELS,
                "sunday": _LEVELS,
                "holiday": _LEVELS,
                "weekend": _LEVELS,
                "seasons": st.fixed_dictionaries(
                    {"from": _DATES, "to": _DATES, "factor": st.floats(0, 9)}, optional={"day": _LEVELS}
                ).map(lambda season: [season]),
                "noise": st.floats(0, 1),
            },
        ),
        "production": st.fixed_dictionaries(
            {
                "pv": st.fixed_dictionaries(
                    {"latitude": st.integers(-90, 90), "longitude": st.integers(-180, 180)},
                    optional={"tilt": st.integers(0, 90), "azimuth": st.integers(0, 360)},
                )
            },
            optional={"clouds": st.just([0.25, 0.5]), "shift_min": st.integers(0, 90)},
        ),
    },
    optional={
        "zone": ZONES,
        "holidays": st.lists(_DATES),
        "saturdays": st.lists(_DATES),
        "aligned": st.booleans(),
    },
)
