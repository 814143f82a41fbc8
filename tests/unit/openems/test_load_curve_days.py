"""What a profile says about dates, clocks, the sun and readings."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from edge_tasks.openems.load_curve import Profile, ProfileError

if TYPE_CHECKING:
    from edge_tasks.openems.load_curve import Source
    from edge_tasks.openems.load_curve_terms import Kind

HOURS = list(range(1, 25))
"""A curve that says which hour it is."""
BY_HOUR: dict[str, Any] = {"step_s": 900, "aligned": True, "consumption": {"day": [*HOURS], "unit": 1}}
HOLDING = {f"{hour:02}:{minute}": hour + 1 for hour in range(24) for minute in ("00", "45")}
"""The same, each number for the whole hour."""


def source(content: dict[str, Any], kind: Kind = "consumption", value: int = 1000) -> Source:
    found = Profile.of(content).source(kind, value, "seed/edge1/meter1")
    assert found is not None
    return found


def by_hour(**changes: object) -> dict[str, Any]:
    return {**BY_HOUR, "consumption": {"day": HOLDING, "unit": 1}, **changes}


def ms(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def day_of(found: Source, date: str, zone: str) -> list[int]:
    """The power of each hour between two midnights of a clock."""
    begin = datetime.fromisoformat(date).replace(tzinfo=ZoneInfo(zone))
    end = (begin.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
    return [found.at(now) for now in range(int(begin.timestamp()) * 1000, int(end.timestamp()) * 1000, 3_600_000)]


def hours(*parts: range) -> list[int]:
    return [(hour + 1) * 1000 for part in parts for hour in part]


@pytest.mark.parametrize(
    ("zone", "date", "expected"),
    [
        ("Europe/Berlin", "2026-01-15", hours(range(24))),
        ("Europe/Berlin", "2026-07-15", hours(range(24))),
        ("Europe/Berlin", "2026-03-29", hours(range(2), range(3, 24))),
        ("Europe/Berlin", "2026-10-25", hours(range(3), range(2, 24))),
        ("Australia/Sydney", "2026-04-05", hours(range(3), range(2, 24))),
        ("Australia/Sydney", "2026-10-04", hours(range(2), range(3, 24))),
        ("America/Santiago", "2026-09-06", hours(range(1, 24))),
        ("Asia/Kathmandu", "2026-05-01", hours(range(24))),
    ],
)
def test_a_curve_follows_the_clock_of_its_zone_also_on_days_of_23_and_25_hours(
    zone: str, date: str, expected: list[int]
) -> None:
    assert day_of(source(by_hour(zone=zone)), date, zone) == expected


def test_half_an_hour_of_summer_time_is_half_an_hour() -> None:
    found = source(by_hour(zone="Australia/Lord_Howe"))
    assert [found.at(ms("2026-10-04 01:45", "Australia/Lord_Howe") + n * 900_000) for n in range(3)] == [
        2000,
        3000,
        3000,
    ]
    assert found.at(ms("2026-10-04 03:00", "Australia/Lord_Howe")) == 4000


def test_powers_change_at_whole_steps_through_a_change_of_clocks() -> None:
    found = source({**by_hour(zone="Europe/Berlin"), "aligned": False})
    moments = [ms("2026-03-28 22:00")]
    while moments[-1] < ms("2026-03-29 04:00"):
        moments.append(found.until(moments[-1]))
    assert {after - before for before, after in pairwise(moments[1:])} == {900_000}
    for before, after in pairwise(moments[1:]):
        assert found.at(before) == found.at(after - 1)


def test_aligned_edges_change_at_whole_steps_and_others_do_not() -> None:
    now = ms("2026-05-01 12:01")
    assert source(by_hour()).until(now) == ms("2026-05-01 12:15")
    assert source(by_hour(aligned=False)).until(now) != ms("2026-05-01 12:15")


def on(content: dict[str, Any], date: str) -> int:
    return source(content).at(ms(f"{date} 12:00"))


WEEK: dict[str, Any] = {
    "day": [1, 1],
    "weekend": [6, 6],
    "wednesday": [3, 3],
    "sunday": [7, 7],
    "unit": 1,
    "seasons": [
        {"from": "11-15", "to": "02-29", "factor": 2, "weekend": [8, 8]},
        {"from": "06-01", "to": "06-30", "day": [5, 5], "holiday": [9, 9]},
    ],
}
DATES: dict[str, Any] = {
    "holidays": ["12-25", "2026-04-06", "06-04"],
    "saturdays": ["12-24", "12-25"],
    "consumption": WEEK,
}


@pytest.mark.parametrize(
    ("date", "expected", "why"),
    [
        ("2026-05-04", 1000, "Monday"),
        ("2026-05-06", 3000, "Wednesday has its own"),
        ("2026-05-09", 6000, "Saturday is of the weekend"),
        ("2026-05-10", 7000, "Sunday has its own"),
        ("2026-04-06", 7000, "Easter Monday is like a Sunday"),
        ("2027-04-06", 1000, "of that year only"),
        ("2026-06-08", 5000, "the season's own day"),
        ("2026-06-10", 5000, "a season's day goes before the rest's Wednesday"),
        ("2026-06-13", 5000, "and before its weekend"),
        ("2026-06-04", 9000, "the season's own holiday"),
        ("2026-11-16", 2000, "a factor alone"),
        ("2026-11-18", 6000, "a factor of the rest's Wednesday"),
        ("2026-11-21", 16000, "the season's own weekend"),
        ("2026-12-25", 16000, "a holiday goes before a Saturday; both are of the weekend here"),
        ("2026-12-24", 16000, "like a Saturday"),
        ("2028-02-29", 2000, "the last day of a season across New Year"),
        ("2026-03-02", 1000, "the first one after it"),
    ],
)
def test_the_curve_of_a_day_is_the_season_s_then_the_rest_s(date: str, expected: int, why: str) -> None:
    assert on(DATES, date) == expected, why


def test_a_day_like_a_saturday_that_is_a_sunday_stays_a_sunday() -> None:
    content = {
        "saturdays": ["12-24"],
        "consumption": {"day": [1, 1], "saturday": [6, 6], "sunday": [7, 7], "unit": 1},
    }
    assert [on(content, f"{year}-12-24") for year in (2023, 2026)] == [7000, 6000]


def test_dynamisation_is_a_polynomial_of_the_day_of_the_year() -> None:
    content = {"consumption": {"day": [1, 1], "dynamisation": [1, 0.5, 0.25]}}
    assert [on(content, date) for date in ("2026-01-01", "2026-01-04", "2026-02-01")] == [1750, 7000, 273_000]


def test_bounds_hold_in_every_season() -> None:
    low, high = Profile.of(DATES).bounds("consumption", 1000) or (0, 0)
    powers = [on(DATES, f"2026-{month:02}-{day:02}") for month in range(1, 13) for day in range(1, 29)]
    assert low <= min(powers)
    assert max(powers) <= high


def roof(**changes: object) -> dict[str, Any]:
    return {
        "step_s": 300,
        "aligned": True,
        "production": {"pv": {"latitude": 52.52, "longitude": 13.4, "tilt": 35, **changes}},
    }


def sunny_day(content: dict[str, Any], date: str) -> list[int]:
    found = source(content, "production", 10_000)
    return [found.at(ms(date) + n * 300_000) for n in range(288)]


def test_a_roof_in_berlin_gets_what_solar_tables_say_of_clear_days() -> None:
    june, december = sunny_day(roof(), "2026-06-21"), sunny_day(roof(), "2026-12-21")
    assert 60_000 < sum(june) / 12 < 85_000, "6 to 8.5 kWh/m² of a clear day in June"
    assert 15_000 < sum(december) / 12 < 30_000, "1.5 to 3 kWh/m² of a clear day in December"
    rises = [next(place for place, power in enumerate(day) if power) / 12 for day in (june, december)]
    assert rises == pytest.approx([2.72, 7.25], abs=0.4), "a little after sunrise at 2:43 and 7:15 UTC"
    assert 10.9 <= december.index(max(december)) / 12 <= 11.2, "noon is at 11:05 UTC"


def test_modules_to_the_east_have_their_peak_before_noon_and_those_to_the_west_after_it() -> None:
    east, west = (sunny_day(roof(azimuth=azimuth), "2026-06-21") for azimuth in (90, 270))
    assert east.index(max(east)) < 11 * 12 < west.index(max(west))
    assert sum(east) == pytest.approx(sum(west), rel=0.02)


def test_winter_in_the_south_is_in_june() -> None:
    south = roof(latitude=-33.9, longitude=18.4, azimuth=0)
    june, december = (sum(sunny_day(south, f"2026-{month}-21")) for month in ("06", "12"))
    assert june < 0.85 * december
    assert sum(sunny_day(roof(latitude=-33.9, longitude=18.4, azimuth=180), "2026-06-21")) < 0.5 * june


def test_beyond_the_polar_circle_there_are_days_without_night_and_without_sun() -> None:
    assert min(sunny_day(roof(latitude=78.2, longitude=15.6, tilt=0), "2026-06-21")) > 0
    assert max(sunny_day(roof(latitude=78.2, longitude=15.6, tilt=0), "2026-12-21")) == 0


def test_these_powers_of_the_sun_are_the_same_on_every_machine() -> None:
    assert sunny_day(roof(), "2026-04-10")[60:204:16] == [176, 2784, 5819, 8216, 9557, 9646, 8469, 6198, 3214]


def test_no_clear_day_exceeds_the_bounds() -> None:
    bounds = Profile.of(roof()).bounds("production", 10_000)
    assert bounds is not None
    assert max(max(sunny_day(roof(), f"2026-{month:02}-15")) for month in range(1, 13)) <= bounds[1]


def readings(repeat: str, count: int, begin: str = "2025-01-01T00:00:00+00:00") -> dict[str, Any]:
    series = {"begin": begin, "step_s": 3600, "watts": list(range(1, count + 1)), "repeat": repeat}
    return {"step_s": 900, "consumption": {"series": series}}


def test_readings_are_shown_as_they_are_whatever_the_datasource_says() -> None:
    found = source(readings("never", 48), value=7)
    assert [found.at(ms("2025-01-01") + n * 1_800_000) for n in range(96)] == [n // 2 + 1 for n in range(96)]


def test_readings_that_end_show_nothing_before_and_after() -> None:
    found = source(readings("never", 48))
    assert [found.at(ms(text)) for text in ("2024-12-31 23:59", "2025-01-03 00:00")] == [0, 0]


def test_readings_of_a_week_go_on_with_their_first_week() -> None:
    found = source(readings("week", 8 * 24))
    shown = [found.at(ms(text)) for text in ("2025-01-08 05:00", "2025-01-09 00:00", "2024-12-31 23:00")]
    assert shown == [7 * 24 + 6, 25, 7 * 24]


def test_readings_of_a_year_go_on_at_the_same_date() -> None:
    found = source(readings("year", 365 * 24))
    for text in ("12-31 23:00", "03-01 05:00", "02-28 00:00", "07-01 12:00"):
        assert {found.at(ms(f"{year}-{text}")) for year in (2019, 2026, 2028)} == {found.at(ms(f"2025-{text}"))}
    assert found.at(ms("2028-02-29 07:00")) == found.at(ms("2025-02-28 07:00"))


def test_of_readings_of_several_years_the_last_that_has_the_date_goes_on() -> None:
    found = source(readings("year", 500 * 24, "2024-01-01T00:00:00+00:00"))
    assert found.at(ms("2026-03-05 05:00")) == found.at(ms("2025-03-05 05:00"))
    assert found.at(ms("2026-08-05 05:00")) == found.at(ms("2024-08-05 05:00"))
    assert found.at(ms("2028-02-29 05:00")) == found.at(ms("2025-02-28 05:00"))
    leap = source(readings("year", 366 * 24, "2024-01-01T00:00:00+00:00"))
    assert leap.at(ms("2028-02-29 05:00")) == leap.at(ms("2024-02-29 05:00"))


def test_a_unit_makes_readings_follow_the_datasource() -> None:
    content = readings("never", 48)
    content["consumption"]["unit"] = 10
    assert source(content, value=500).at(ms("2025-01-01 03:00")) == 200


def changed(**changes: object) -> dict[str, Any]:
    return {"consumption": {"day": [1, 1], **changes}}


@pytest.mark.parametrize(
    ("content", "message", "keys"),
    [
        ({"zone": "Europe/Berln"}, "zone is 'Europe/Berln'; allowed: an IANA", ("zone",)),
        ({"zone": 3}, "zone is 3; allowed: an IANA", ("zone",)),
        ({"zone": "/etc/passwd"}, "zone is '/etc/passwd'", ("zone",)),
        ({"zone": "Europe/Berlin", "utc_offset_min": 60}, "zone stands beside utc_offset_min", ("zone",)),
        ({"zone": "Europe/Berlin", "step_s": 3600}, "step_s is 3600 beside zone; .*divide 900", ("step_s",)),
        ({"aligned": "yes"}, "aligned is 'yes'; allowed: true or false", ("aligned",)),
        ({"holidays": "12-25"}, "holidays is '12-25'; allowed: a list of dates", ("holidays",)),
        ({"holidays": ["12-25", "02-30"]}, "holidays has '02-30' as number 2", ("holidays", 1)),
        ({"saturdays": ["2025-02-29"]}, "saturdays has '2025-02-29' as number 1", ("saturdays", 0)),
        (changed(monday=[1]), r"consumption\.monday is \[1\]", ("consumption", "monday")),
        (changed(seasons={}), r"consumption\.seasons is {}; allowed: a list", ("consumption", "seasons")),
        (changed(seasons=[3]), r"consumption\.seasons\[1\] is 3", ("consumption", "seasons", 0)),
        (
            changed(seasons=[{"from": "01-01"}]),
            r"consumption\.seasons\[1\]\.to is missing; allowed: a date of each year",
            ("consumption", "seasons", 0, "to"),
        ),
        (
            changed(seasons=[{"from": "11-01", "to": "02-01"}, {"from": "01-31", "to": "03-01"}]),
            r"seasons\[2\]\.from is within consumption\.seasons\[1\]; allowed: seasons that do not overlap",
            ("consumption", "seasons", 1, "from"),
        ),
        (
            changed(seasons=[{"from": "01-01", "to": "02-01", "factr": 1}]),
            r"no key consumption\.seasons\[1\]\.factr; allowed: from, to, factor, day",
            ("consumption", "seasons", 0, "factr"),
        ),
        (changed(dynamisation=[]), "dynamisation is .*allowed: 1 to 8 numbers", ("consumption", "dynamisation")),
        (changed(unit=0), r"unit is 0; allowed: a number from 1e-06", ("consumption", "unit")),
        (changed(csv="a.csv"), "has both day and csv", ("consumption",)),
        ({"consumption": {"csv": "a.csv"}}, "csv has not been read", ("consumption", "csv")),
        (
            {"production": {"pv": {"latitude": 91, "longitude": 0}}},
            r"production\.pv\.latitude is 91; allowed: a number from -90 to 90",
            ("production", "pv", "latitude"),
        ),
        (
            {"production": {"pv": {"latitude": 1}}},
            r"production\.pv\.longitude is missing",
            ("production", "pv", "longitude"),
        ),
        (
            {"production": {"pv": {"latitude": 1, "longitude": 2}, "monday": [1, 1]}},
            "production has a monday beside pv",
            ("production", "monday"),
        ),
        (readings("year", 48), "series is shorter than its repeat, year", ("consumption", "series", "repeat")),
        (
            {**readings("never", 48), "step_s": 2400},
            "a reading each 3600 s, and step_s is 2400",
            ("consumption", "series"),
        ),
        (
            readings("never", 48, "2025-01-01T00:01:00+00:00"),
            "does not begin with a step",
            ("consumption", "series"),
        ),
        (readings("never", 48, "2025-01-01"), "begin is '2025-01-01'", ("consumption", "series", "begin")),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_to_it(
    content: dict[str, Any], message: str, keys: tuple[str | int, ...]
) -> None:
    with pytest.raises(ProfileError, match=message) as refused:
        Profile.of({"consumption": {"day": [1, 1]}} | content)
    assert refused.value.keys == keys


def test_a_moment_before_1970_is_one_like_others() -> None:
    begin = int(datetime(1969, 12, 30, 5, tzinfo=timezone.utc).timestamp()) * 1000
    assert source(by_hour()).at(begin) == 6000
