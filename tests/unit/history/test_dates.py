from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.history.dates import every_ms, every_text, span_named, written, zone_named
from edge_tasks.timedata.span import Span

UTC = timezone.utc
KAMPALA = ZoneInfo("Africa/Kampala")
BERLIN = ZoneInfo("Europe/Berlin")


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


NOW = ms("2026-11-26T10:20:30+00:00")


def test_both_days_belong_to_the_span() -> None:
    expected = Span(ms("2025-11-01T00:00:00+00:00"), ms("2025-12-01T00:00:00+00:00"))
    assert span_named("2025-11-01", "2025-11-30", UTC, NOW) == expected


def test_days_are_those_of_the_zone() -> None:
    expected = Span(ms("2025-11-01T00:00:00+03:00"), ms("2025-11-02T00:00:00+03:00"))
    assert span_named("2025-11-01", "2025-11-01", KAMPALA, NOW) == expected


def test_a_day_has_25_hours_when_summer_time_ends() -> None:
    span = span_named("2025-10-26", "2025-10-26", BERLIN, NOW)
    assert span.end - span.begin == 25 * 3_600_000


def test_moments_are_exact() -> None:
    expected = Span(ms("2025-11-01T12:00:00.250+00:00"), ms("2025-11-01T13:00:00+00:00"))
    assert span_named("2025-11-01T12:00:00.250Z", "2025-11-01T16:00:00+03:00", BERLIN, NOW) == expected


def test_a_moment_without_an_offset_is_one_of_the_zone() -> None:
    assert span_named("2025-11-01T12:00:00", "now", KAMPALA, NOW) == Span(ms("2025-11-01T12:00:00+03:00"), NOW)


def test_today_ends_now() -> None:
    assert span_named("2025-11-01", "2026-11-26", UTC, NOW).end == NOW


@pytest.mark.parametrize(
    ("begin", "end", "message"),
    [
        ("2025-11-01", "2026-11-27", "--to 2026-11-27 is in the future"),
        ("2025-11-01", "2026-11-26T12:00:00Z", "--to 2026-11-26T12:00:00Z is in the future"),
        ("2025-11-02", "2025-11-01", "--from 2025-11-02 is not before --to 2025-11-01"),
        ("2026-11-27", "now", "--from 2026-11-27 is not before --to now"),
        ("yesterday", "now", "--from is 'yesterday'"),
        ("2025-13-01", "now", "--from is '2025-13-01'"),
        ("2025-11-01", "31.12.2025", "--to is '31.12.2025'"),
        ("2025-11-01", "20251231", "--to is '20251231'"),
        ("2025-11-01", "2025-W52-1", "--to is '2025-W52-1'"),
        ("20251101T12:00:00", "now", "--from is '20251101T12:00:00'"),
        ("1969-01-01", "now", "--from 1969-01-01 is before 1970"),
        ("0001-01-01", "now", "--from"),
        ("9999-12-31", "9999-12-31", "--to is '9999-12-31'"),
    ],
)
def test_what_cannot_be_meant_is_refused(begin: str, end: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as error:
        span_named(begin, end, UTC, NOW)
    assert error.value.hint


@pytest.mark.parametrize(("text", "expected"), [("15m", 900_000), ("1s", 1000), ("24h", 86_400_000)])
def test_a_step_has_a_unit(text: str, expected: int) -> None:
    assert every_ms(text) == expected


@pytest.mark.parametrize("text", ["15m", "1s", "24h", "90s", "1h"])
def test_a_step_is_written_as_it_is_typed(text: str) -> None:
    assert every_text(every_ms(text)) == text


@pytest.mark.parametrize("text", ["15", "0m", "25h", "-1m", "1.5h", ""])
def test_another_step_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="--every is"):
        every_ms(text)


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "../etc", "Europe"])
def test_a_zone_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="there is no time zone"):
        zone_named(name)


def test_what_is_written_can_be_typed_again() -> None:
    assert written(ms("2025-11-01T00:00:00+03:00"), KAMPALA) == "2025-11-01T00:00:00+03:00"
    assert span_named(written(NOW - 1000, BERLIN), "now", UTC, NOW).begin == NOW - 1000 - (NOW - 1000) % 1000
