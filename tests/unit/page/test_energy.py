from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.page.energy import Energy, Year, charts, month_sums, total

DATES = st.dates(date(2020, 1, 1), date(2030, 12, 31))
WH = st.none() | st.integers(0, 100_000)


@given(DATES)
def test_a_year_has_twelve_months_that_follow_each_other_until_today(today: date) -> None:
    year = Year(today, ("UTC",))
    months = year.months
    assert len(months) == 12
    assert months[-1].last == today
    assert all(earlier.last + timedelta(1) == later.first for earlier, later in pairwise(months))
    assert all(month.first.day == 1 for month in months)
    assert (year.days[0], year.days[-1]) == (months[0].first, today)


@given(DATES, st.data())
def test_months_add_up_to_the_year(today: date, data: st.DataObject) -> None:
    year = Year(today, ("UTC",))
    days = data.draw(st.lists(WH, min_size=len(year.days), max_size=len(year.days)))
    energy = Energy.of_nobody(len(days))
    energy.add(days)
    assert energy.wh == days
    assert total(month_sums(energy, year)) == total(days)


@given(st.lists(st.lists(WH, min_size=5, max_size=5), min_size=1, max_size=4))
def test_edges_add_up_day_by_day_and_a_day_without_any_answer_is_a_gap(edges: list[list[int | None]]) -> None:
    energy = Energy.of_nobody(5)
    for days in edges:
        energy.add(days)
    for place, column in enumerate(zip(*edges, strict=True)):
        assert energy.wh[place] == total(column)
        assert energy.answers[place] == sum(value is not None for value in column)


def year_of_two_edges() -> tuple[Energy, Year]:
    """All of October; of November one edge from the 11th on."""
    year = Year(date(2025, 11, 20), ("UTC",))
    energy = Energy.of_nobody(len(year.days))
    energy.add([1000 if day.month == 10 else None for day in year.days])
    energy.add([2000 if day >= date(2025, 10, 1) and day.day > 10 else None for day in year.days])
    return energy, year


def test_a_month_is_shown_day_by_day_and_says_what_it_lacks() -> None:
    found = charts(*year_of_two_edges(), "2025-11")
    assert found["month"] == "2025-11"
    assert found["month_chart"].count('class="gap"') == 10
    assert 'aria-label="10: no reading"' in found["month_chart"]
    assert 'aria-label="11: 2,000 Wh"' in found["month_chart"]
    assert (
        found["month_told"]
        == "20.0 kWh in 10 days (UTC). 10 days without an answer. 10 days without some of the edges."
    )


def test_a_year_shows_months_without_any_answer_as_gaps() -> None:
    found = charts(*year_of_two_edges(), "2025-10")
    assert found["year_chart"].count('class="gap"') == 10
    assert 'aria-label="Oct: 73,000 Wh"' in found["year_chart"]
    assert found["months"][0] == ["2024-12", "December 2024"]
    assert found["months"][-1] == ["2025-11", "November 2025"]
    assert found["month_told"] == "73.0 kWh in 31 days (UTC). 10 days without some of the edges."


def test_a_year_ends_where_it_is_latest_and_names_each_zone_once() -> None:
    zones = ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago", "UTC"]
    year = Year.until_now(zones)
    assert year.zones == ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago")
    assert year.today > Year.until_now(["Pacific/Pago_Pago"]).today  # 25 hours behind


@pytest.mark.parametrize("chosen", ["", "2019-01", "x"])
def test_the_newest_month_is_shown_if_none_of_the_year_is_chosen(chosen: str) -> None:
    assert charts(*year_of_two_edges(), chosen)["month"] == "2025-11"


def test_nothing_is_said_of_a_year_that_nobody_answered() -> None:
    year = Year(date(2025, 11, 20), ("UTC",))
    found = charts(Energy.of_nobody(len(year.days)), year, "")
    assert found["year_told"] == "The backend answers nothing about this time."
    assert 'class="bar"' not in found["year_chart"]
