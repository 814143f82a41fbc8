from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout import load_readings, load_shapes
from edge_tasks.checkout.load_readings import ReadingsError
from edge_tasks.errors import SettingsError
from edge_tasks.openems.load_curve_content import read_clock
from tests.inv import ROOT

if TYPE_CHECKING:
    from pathlib import Path

UTC = read_clock({})
BERLIN = read_clock({"zone": "Europe/Berlin"})


def rows(*lines: str, header: str = "timestamp,W") -> str:
    return "\n".join([header, *lines, ""])


def quarters(begin: str, count: int) -> list[str]:
    """Timestamps of Berlin's clock, without their offset."""
    first = datetime.fromisoformat(begin)
    each = (first + timedelta(minutes=15 * place) for place in range(count))
    return [f"{one.astimezone(BERLIN.zone):%Y-%m-%d %H:%M},{place}" for place, one in enumerate(each)]


@pytest.mark.parametrize(
    ("header", "line", "watts"),
    [
        ("timestamp,W", "{},120.5", 120.5),
        ("timestamp,kW", "{},1.5", 1500),
        ("timestamp,Wh", "{},30", 120),
        ("timestamp,kWh,quality", "{},0.25,good", 1000),
        ("meter;Wh;timestamp", "7;30,5;{}", 122),
        ("\ufefftimestamp, W", "{}, 5", 5),
    ],
)
def test_the_header_says_which_column_is_what(header: str, line: str, watts: float) -> None:
    times = ("2025-01-01 00:00", "2025-01-01T00:15")
    text = rows(*(line.format(time) for time in times), header=header)
    assert load_readings.series_of(text, UTC) == {
        "begin": "2025-01-01T00:00:00+00:00",
        "step_s": 900,
        "watts": [watts, watts],
    }


@pytest.mark.parametrize(
    ("clock", "time", "begin"),
    [
        (UTC, "2025-07-01 00:00", "2025-07-01T00:00:00+00:00"),
        (BERLIN, "2025-07-01 00:00", "2025-06-30T22:00:00+00:00"),
        (BERLIN, "2025-07-01T00:00:00Z", "2025-07-01T00:00:00+00:00"),
        (read_clock({"utc_offset_min": 60}), "2025-07-01 00:00", "2025-06-30T23:00:00+00:00"),
        (BERLIN, "2025-07-01T00:00+05:30", "2025-06-30T18:30:00+00:00"),
    ],
)
def test_a_timestamp_without_offset_is_of_the_profile_s_clock(clock: object, time: str, begin: str) -> None:
    assert isinstance(clock, type(UTC))
    moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    later = (moment + timedelta(hours=1)).isoformat()
    assert load_readings.series_of(rows(f"{time},1", f"{later},2"), clock)["begin"] == begin


@pytest.mark.parametrize(("begin", "count"), [("2025-03-29T23:00+00:00", 92), ("2025-10-25T22:00+00:00", 100)])
def test_days_of_23_and_25_hours_have_no_gap(begin: str, count: int) -> None:
    found = load_readings.series_of(rows(*quarters(begin, count)), BERLIN)
    assert found["watts"] == list(range(count))
    assert found["begin"] == datetime.fromisoformat(begin).astimezone(timezone.utc).isoformat()


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "the header is empty"),
        (rows("2025-01-01,1", header="time,W"), 1, "the header is time, W"),
        (rows("2025-01-01,1", header="timestamp,W,Wh"), 1, "the header is timestamp, W, Wh"),
        (rows("2025-01-01,1"), 2, "there are fewer than two readings"),
        (rows("2025-01-01,1", "2025-13-01,1"), 3, "'2025-13-01' is no timestamp"),
        (rows("2025-01-01,1", "2025-01-02,x"), 3, "'x' is no reading"),
        (rows("2025-01-01,1", "2025-01-02,-1"), 3, "'-1' is no reading"),
        (rows("2025-01-01,1", "2025-01-02,nan"), 3, "'nan' is no reading"),
        (rows("2025-01-01,1", "2025-01-02"), 3, "there are 1 columns"),
        (rows("2025-01-02,1", "2025-01-01,1"), 3, "2025-01-01 is not after 2025-01-02"),
        (
            rows("2025-01-01,1", "2025-01-02,1", "", "2025-01-05,1"),
            5,
            "2 readings are missing between 2025-01-02",
        ),
        (rows("2025-01-01,1", "2025-01-03,1", "2025-01-04,1"), 4, "2025-01-04 is 86400 s after 2025-01-03"),
    ],
)
def test_a_line_that_is_no_reading_is_named(text: str, line: int, problem: str) -> None:
    with pytest.raises(ReadingsError) as refused:
        load_readings.series_of(text, UTC)
    assert (refused.value.line, problem in refused.value.problem) == (line, True), refused.value.problem


def test_an_hour_that_clocks_leave_out_is_named() -> None:
    with pytest.raises(ReadingsError, match="clocks in Europe/Berlin never show 2025-03-30 02:00") as refused:
        load_readings.series_of(rows("2025-03-30 01:00,1", "2025-03-30 02:00,1"), BERLIN)
    assert refused.value.line == 3


PROFILE = "zone: Europe/Berlin\nstep_s: 900\nconsumption:\n  csv: {}\n"


def test_a_profile_names_its_readings_from_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mill.csv").write_text(rows(*quarters("2024-12-31T23:00+00:00", 8)))
    (tmp_path / "mill.yaml").write_text(PROFILE.format("{ file: data/mill.csv, repeat: never }"))
    shape = load_shapes.find(str(tmp_path / "mill.yaml"), tmp_path)
    assert shape is not None
    source = shape.profile.source("consumption", 500, "s/e/m")
    assert source is not None
    begin = int(datetime(2024, 12, 31, 23, tzinfo=timezone.utc).timestamp()) * 1000
    assert [source.at(begin + place * 900_000) for place in range(9)] == [*range(8), 0]
    assert source.until(begin) == begin + 900_000, "the steps of readings begin at theirs"


@pytest.mark.parametrize(
    ("csv", "message"),
    [
        ("gone.csv", r"the readings .*gone\.csv cannot be read: No such file"),
        ("short.csv", r"short\.csv:2: there are fewer than two readings"),
        ("day.csv", r"own\.yaml:4: consumption\.csv is shorter than its repeat, year"),
        ("{ file: day.csv, repeat: day }", r"own\.yaml:4: consumption\.csv\.repeat is 'day'"),
        ("3", r"own\.yaml:4: consumption\.csv is 3"),
        ("{ repeat: week }", r"own\.yaml:4: consumption\.csv\.file is None"),
    ],
)
def test_readings_that_cannot_be_used_are_refused_with_file_and_line(
    csv: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "short.csv").write_text(rows("2025-01-01,1"))
    (tmp_path / "day.csv").write_text(rows(*quarters("2024-12-31T23:00+00:00", 96)))
    (tmp_path / "own.yaml").write_text(PROFILE.format(csv))
    with pytest.raises(SettingsError, match=message):
        load_shapes.find(str(tmp_path / "own.yaml"), tmp_path)


def test_other_readings_are_another_profile(tmp_path: Path) -> None:
    digests = set()
    (tmp_path / "own.yaml").write_text(PROFILE.format("{ file: a.csv, repeat: never }"))
    for first in ("1", "2"):
        (tmp_path / "a.csv").write_text(rows(f"2025-01-01 00:00,{first}", "2025-01-01 00:15,3"))
        shape = load_shapes.find(str(tmp_path / "own.yaml"), tmp_path)
        assert shape is not None
        digests.add(shape.digest)
    assert len(digests) == 2


def test_the_examples_of_the_guide_are_profiles(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "howto" / "load-shapes.md").read_text()
    examples = [text for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL) if "consumption:" in text]
    (tmp_path / "mill.csv").write_text(rows(*quarters("2024-12-31T23:00+00:00", 365 * 96)))
    for example in examples:
        (tmp_path / "own.yaml").write_text(example)
        assert load_shapes.find(str(tmp_path / "own.yaml"), tmp_path) is not None
    assert len(examples) == 3
