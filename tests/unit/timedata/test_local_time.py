"""Days at places whose clocks skip midnight or show it twice, as Java 17 has them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from edge_tasks.timedata.local_time import begin_of_day, next_day, next_month, next_year, plus_days, zone_called


def text(when: datetime) -> str:
    return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%HZ")


@pytest.mark.parametrize(
    ("place", "day", "begin", "a_day_later", "midnight", "month", "a_day_before"),
    [
        (
            *("Africa/Cairo", (2025, 4, 25), "2025-04-24T22Z"),
            *("2025-04-25T22Z", "2025-04-25T21Z", "2025-04-30T22Z", "2025-04-23T23Z"),
        ),
        (
            *("America/Santiago", (2025, 9, 7), "2025-09-07T04Z"),
            *("2025-09-08T04Z", "2025-09-08T03Z", "2025-10-01T04Z", "2025-09-06T05Z"),
        ),
        (
            *("Asia/Beirut", (2025, 3, 30), "2025-03-29T22Z"),
            *("2025-03-30T22Z", "2025-03-30T21Z", "2025-03-31T22Z", "2025-03-28T23Z"),
        ),
        (
            *("America/Havana", (2025, 11, 2), "2025-11-02T04Z"),
            *("2025-11-03T05Z", "2025-11-03T05Z", "2025-12-01T05Z", "2025-11-01T04Z"),
        ),
    ],
)
def test_days_where_midnight_is_skipped_or_comes_twice(  # noqa: PLR0913, PLR0917 - the columns of a table
    place: str,
    day: tuple[int, int, int],
    begin: str,
    a_day_later: str,
    midnight: str,
    month: str,
    a_day_before: str,
) -> None:
    start = begin_of_day(*day, zone_called(place))
    assert text(start) == begin
    assert text(plus_days(start, 1)) == a_day_later
    assert text(next_day(start, 1)) == midnight
    assert text(next_month(start, 1)) == month
    assert text(plus_days(start, -1)) == a_day_before


def test_a_year_later_begins_in_january() -> None:
    assert text(next_year(begin_of_day(2024, 2, 29, zone_called("UTC")), 1)) == "2025-01-01T00Z"


@pytest.mark.parametrize(
    ("name", "hours"), [("UTC", 0), ("GMT+2", 2), ("GMT-03:00", -3), ("Nowhere/Land", 0), ("", 0), ("GMT+99", 0)]
)
def test_a_name_that_nobody_knows_is_utc(name: str, hours: int) -> None:
    offset = datetime(2025, 1, 1, tzinfo=zone_called(name)).utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 3600 * hours
