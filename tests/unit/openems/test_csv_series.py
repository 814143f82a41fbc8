"""CSV texts, read as OpenEMS' simulator reads them, and the stand-ins for its predefined curves."""

from __future__ import annotations

import pytest

from edge_tasks.openems.csv_series import Columns, parsed, power
from edge_tasks.openems.predefined_series import SOURCES, predefined


@pytest.mark.parametrize(
    ("text", "csv_format", "factor", "columns"),
    [
        ("0", "GERMAN_EXCEL", 1, Columns((0,))),
        ("100\n200\r\n300\n", "GERMAN_EXCEL", 1, Columns((100, 200, 300))),
        ("1.5\n2,5", "GERMAN_EXCEL", 10, Columns((15, 25))),
        ("ActivePower\n7\n8", "ENGLISH", 1, Columns((), {"ActivePower": (7, 8)})),
        (
            "meter1/ActivePower;meter2/ActivePower\n1;2\n;4\n5",
            "GERMAN_EXCEL",
            2,
            Columns((), {"meter1/ActivePower": (2, 0, 10), "meter2/ActivePower": (4, 8, 0)}),
        ),
        ("1,5\n2", "GERMAN_EXCEL", 1, Columns((), {"1,5": (2,)})),
        ("", "GERMAN_EXCEL", 1, Columns()),
        ("ActivePower\nmuch", "GERMAN_EXCEL", 1, Columns()),
        ("1e30", "GERMAN_EXCEL", 1e30, Columns()),
        ("3;4", "UNKNOWN", 1, Columns((), {"3": (), "4": ()})),
    ],
)
def test_a_text_has_the_columns_that_the_simulator_finds_in_it(
    text: str, csv_format: str, factor: float, columns: Columns
) -> None:
    assert parsed(text, csv_format, factor) == columns


@pytest.mark.parametrize(
    ("value", "factor", "watts"), [(0.08636, 10_000, 863), (-587.1666, 1, -587), (0.29, 100, 29), (1.9, 1, 1)]
)
def test_a_product_of_32_bits_loses_its_decimals(value: float, factor: float, watts: int) -> None:
    assert power(value, factor) == watts


@pytest.mark.parametrize(
    ("source", "factor", "count", "energy_wh"),
    [
        ("ZERO", 1, 1, 0),
        ("H0_HOUSEHOLD_SUMMER_WEEKDAY_STANDARD_LOAD_PROFILE", 10_000, 96, 28_141),
        ("H0_HOUSEHOLD_SUMMER_WEEKDAY_PV_PRODUCTION", 1, 1440, 36_312),
        ("H0_HOUSEHOLD_SUMMER_WEEKDAY_NON_REGULATED_CONSUMPTION", 1, 1440, -13_064),
        ("H0_HOUSEHOLD_SUMMER_WEEKDAY_PV_PRODUCTION2", 1, 1440, 82_536),
    ],
)
def test_a_predefined_curve_has_the_values_and_the_energy_of_the_original(
    source: str, factor: float, count: int, energy_wh: int
) -> None:
    values = predefined(source)
    assert len(values) == count
    assert source in SOURCES
    assert sum(values) * factor * 24 / count == pytest.approx(energy_wh, abs=1)
