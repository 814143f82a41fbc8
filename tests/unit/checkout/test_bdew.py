"""The standard load profiles of BDEW are what their tables say; the numbers are those of demandlib 0.2.2."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge_tasks.checkout import load_shapes

ZONE = ZoneInfo("Europe/Berlin")
MOMENTS = (
    *("2025-01-01 00:00", "2025-01-02 07:15", "2025-02-15 18:00", "2025-04-21 12:30"),
    *("2025-07-09 20:45", "2025-08-31 13:00", "2025-10-03 09:15", "2025-12-27 23:45"),
)
KILOWATTS = {
    "h25": (115.002053, 125.591316, 211.246908, 170.657406, 130.606627, 142.578586, 141.269716, 120.470245),
    "g25": (58.632, 168.536, 95.96, 72.376, 70.532, 67.908, 63.884, 61.836),
    "l25": (68.3, 130.5, 166.4, 128.5, 126.0, 108.4, 193.4, 71.3),
}
"""Of a customer with 1,000,000 kWh a year, at the moments."""


def powers(name: str, moments: list[int]) -> list[int]:
    shape = load_shapes.find(f"bdew-{name}", Path("/nowhere"))
    assert shape is not None
    source = shape.profile.source("consumption", 114_155_251, "any/edge1/meter1")  # mW of 1,000,000 kWh a year
    assert source is not None
    return [source.at(moment * 1000) for moment in moments]


@pytest.mark.parametrize("name", KILOWATTS)
def test_each_quarter_of_an_hour_is_the_table_s(name: str) -> None:
    found = powers(name, [int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) for text in MOMENTS])
    assert [one / 1e6 for one in found] == pytest.approx(KILOWATTS[name], rel=1e-4)


@pytest.mark.parametrize("name", KILOWATTS)
def test_a_year_is_a_million_kilowatt_hours(name: str) -> None:
    begin = int(datetime(2025, 1, 1, tzinfo=ZONE).timestamp())
    found = powers(name, [begin + 900 * place for place in range(35_040)])
    assert sum(found) / 4e6 == pytest.approx(1_000_000, rel=1e-3)


@pytest.mark.parametrize("name", KILOWATTS)
def test_christmas_eve_is_like_a_saturday(name: str) -> None:
    eve, saturday = (int(datetime(2025, 12, day, 18, tzinfo=ZONE).timestamp()) for day in (24, 27))
    assert powers(name, [eve])[0] == pytest.approx(powers(name, [saturday])[0], rel=0.02)
