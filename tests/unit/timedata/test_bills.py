"""The figures that a billing engine meets: 500 W at a meter, a point each quarter hour, for ninety days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.timedata import aggregated
from edge_tasks.timedata.answer import data, energy, energy_per_period
from edge_tasks.timedata.local_time import zone_called
from edge_tasks.timedata.question import Question
from edge_tasks.timedata.resolution import Resolution
from edge_tasks.timedata.series import Series

METER = "meter0/ActiveConsumptionEnergy"
QUARTER, DAY = 900_000, 86_400_000
TIMES = 1_756_324_800_000 + QUARTER * np.arange(90 * 96)
STEADY = {METER: Series(TIMES, 125 * np.arange(90 * 96))}
OCTOBER = (date(2025, 10, 1), date(2025, 10, 31))
LONG_DAY = (date(2025, 10, 26), date(2025, 10, 26))
LATER = aggregated.Present(now=1_795_655_100_000)
DAYS, MONTHS = Resolution(1, "DAYS"), Resolution(1, "MONTHS")


def asked(days: tuple[date, date], zone: str, *channels: str) -> Question:
    return Question.of_days(*days, zone_called(zone), channels or (METER,))


def periods(days: tuple[date, date], zone: str, resolution: Resolution) -> list[float | None]:
    table = energy_per_period(asked(days, zone), STEADY, resolution)
    assert table is not None
    return list(table.columns[METER])


@pytest.mark.parametrize(("zone", "wh"), [("UTC", 371_750), ("Europe/Berlin", 372_250)])
def test_a_month_lacks_the_quarters_before_its_first_and_after_its_last_point(zone: str, wh: int) -> None:
    assert energy(asked(OCTOBER, zone), STEADY) == {METER: wh}


def test_days_are_right_in_utc() -> None:
    assert periods(OCTOBER, "UTC", DAYS) == [12_000] * 31


def test_days_of_another_zone_are_days_of_utc_and_the_last_one_lacks_its_end() -> None:
    assert periods(OCTOBER, "Africa/Kampala", DAYS) == [*[12_000] * 30, 10_500]


def test_a_day_of_25_hours_has_24_of_them() -> None:
    assert periods(OCTOBER, "Europe/Berlin", DAYS)[25] == 12_000


def test_of_a_month_one_single_day_is_answered() -> None:
    assert periods((date(2025, 9, 1), date(2025, 11, 25)), "UTC", MONTHS) == [12_000, 12_000, 10_000]


@pytest.mark.parametrize(
    ("resolution", "count", "wh"), [(Resolution(1, "HOURS"), 25, 500), (Resolution(15, "MINUTES"), 100, 125)]
)
def test_hours_and_quarters_are_right_on_the_long_day(resolution: Resolution, count: int, wh: int) -> None:
    assert periods(LONG_DAY, "Europe/Berlin", resolution) == [wh] * count


def test_a_channel_that_does_not_exist_is_null_beside_the_others() -> None:
    assert energy(asked(OCTOBER, "UTC", METER, "meter9/ActivePower"), STEADY) == {
        METER: 371_750,
        "meter9/ActivePower": None,
    }


def test_a_period_without_any_point_has_no_result() -> None:
    question = asked((date(2024, 1, 1), date(2024, 1, 31)), "UTC")
    assert energy(question, STEADY) is None
    assert energy_per_period(question, STEADY, DAYS) is None
    assert data(question, STEADY, DAYS) is None


def test_a_counter_that_fell_leaves_its_period_out_and_makes_a_wrong_energy() -> None:
    fallen = {METER: Series(TIMES, np.where(np.arange(90 * 96) < 5_000, 1_000_000, 0) + 125 * np.arange(90 * 96))}
    assert energy(asked(OCTOBER, "UTC"), fallen) == {METER: 371_750 - 1_000_000}
    table = energy_per_period(asked(OCTOBER, "UTC"), fallen, DAYS)
    assert table is not None
    assert list(table.columns[METER]).count(None) == 1


@given(st.integers(0, 2**32), st.integers(1, 30))
def test_days_of_utc_add_up_to_what_the_counter_rose(seed: int, days: int) -> None:
    counter = np.cumsum(np.random.default_rng(seed).integers(0, 3_000, 96 * 40))
    begin = date(2025, 3, 2)
    start = 1_740_787_200_000  # 2025-03-01T00:00Z
    series = {METER: Series(start + QUARTER * np.arange(96 * 40), counter)}
    table = energy_per_period(asked((begin, begin + timedelta(days - 1)), "UTC"), series, DAYS)
    assert table is not None
    inside = counter[96 - 1 : 96 * (days + 1)]
    assert sum(value or 0 for value in table.columns[METER]) == inside[-1] - inside[0]
    assert len(table.times) == days


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2025, 3, 30), 23),
        ("Europe/Berlin", date(2025, 10, 26), 25),
        ("America/New_York", date(2025, 3, 9), 23),
        ("America/New_York", date(2025, 11, 2), 25),
        ("Australia/Sydney", date(2025, 10, 5), 23),
        ("Australia/Sydney", date(2025, 4, 6), 25),
    ],
)
def test_on_days_when_the_clocks_change_hours_and_the_aggregated_day_are_right(
    zone: str, day: date, hours: int
) -> None:
    year = {METER: Series(1_735_689_600_000 + QUARTER * np.arange(96 * 365), 125 * np.arange(96 * 365))}
    table = energy_per_period(asked((day, day), zone), year, Resolution(1, "HOURS"))
    assert table is not None
    assert table.columns[METER] == [500] * hours
    found = aggregated.energy(asked((day, day), zone), year, LATER, 10)
    assert found == {METER: 500 * hours}


@given(
    st.integers(0, 2**32),
    st.sampled_from(["UTC", "Europe/Berlin", "Africa/Kampala", "America/New_York", "Australia/Sydney"]),
    st.integers(0, 250),
    st.integers(1, 60),
)
def test_with_the_aggregated_provider_days_add_up_to_the_energy_in_every_zone(
    seed: int, zone: str, first: int, days: int
) -> None:
    counter = np.cumsum(np.random.default_rng(seed).integers(0, 3_000, 96 * 365))
    series = {METER: Series(1_735_689_600_000 + QUARTER * np.arange(96 * 365), counter)}
    begin = date(2025, 1, 3) + timedelta(first)
    question = asked((begin, begin + timedelta(days - 1)), zone)
    table = aggregated.energy_per_period(question, series, DAYS, LATER, 10)
    found = aggregated.energy(question, series, LATER, 10)
    assert table is not None
    assert found is not None
    assert sum(value or 0 for value in table.columns[METER]) == found[METER]
    before = series[METER].between(0, question.span.begin).values[-1]
    assert found[METER] == series[METER].between(0, question.span.end).values[-1] - before


def test_until_today_the_aggregated_provider_takes_what_the_edge_has_sent_last() -> None:
    last = int(TIMES[-1])
    question = asked((date(2025, 11, 24), date(2025, 11, 25)), "UTC")
    offline = aggregated.Present(now=last)
    assert aggregated.energy(question, STEADY, offline, 10) is None
    online = aggregated.Present(now=last, values={METER: 125 * 90 * 96})
    assert aggregated.energy(question, STEADY, online, 10) == {METER: 12_000 + 10_125}
    table = aggregated.energy_per_period(question, STEADY, DAYS, online, 10)
    assert table is not None
    assert table.columns[METER] == [12_000, 10_125]


def test_the_aggregated_provider_has_no_result_with_a_meter_that_it_does_not_know() -> None:
    question = asked(OCTOBER, "UTC", METER, "meter10/ActiveConsumptionEnergy")
    assert aggregated.energy(question, STEADY, LATER, 10) is None
    assert aggregated.energy(question, STEADY, LATER, 20) == {
        METER: 372_000,
        "meter10/ActiveConsumptionEnergy": None,
    }
