"""The past of three edges is what inv truth says, and inv verify --energy notices a point that is not."""

from __future__ import annotations

import csv
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from edge_tasks.history.truth.reasons import kind_of
from edge_tasks.timedata.points import Points
from tests.e2e.test_history import QUARTER, client_of, history_of
from tests.e2e.test_json import document
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from pathlib import Path

METER = "meter3/ActiveConsumptionEnergy"


def months() -> tuple[datetime, datetime]:
    """When the month before the last one begins in UTC, and when the last one does."""
    last = (datetime.now(timezone.utc).replace(day=1) - timedelta(1)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return (last - timedelta(1)).replace(day=1), last


def incidents(first: datetime) -> list[str]:
    """What goes wrong in the past of the last edge, as options; one of each kind that changes an answer."""
    day = [f"{first + timedelta(place):%Y-%m-%d}" for place in range(28)]
    texts = (
        f"gap edges=2 from={day[3]} to={day[5]}",
        f"meter-replaced edges=2 meter=meter3 at={day[9]}T10:00Z",
        f"counter-reset edges=2 at={day[12]}T01:07:03Z",
        f"clock edges=2 from={day[14]}T10:00Z to={day[15]}T10:00Z shift=-1h",
        f"duplicates edges=2 from={day[17]} to={day[18]}",
        f"late edges=2 from={day[19]} to={day[20]}",
        f"left edges=2 at={day[27]}T12:00Z",
    )
    return [word for text in texts for word in ("--incident", text)]


def test_the_backend_answers_what_the_truth_says_until_a_point_is_changed(platform: Any, tmp_path: Path) -> None:
    first, last = months()
    assert platform.inv("setup", "--edges", "0", "--light-edges", "3", "--meters", "1", "--profile", "household")
    options = incidents(first)
    made = platform.inv("backfill", "--from", f"{first:%Y-%m-%d}", *options)
    assert made.returncode == 0, made.stdout
    again = platform.inv("backfill", "--from", f"{first:%Y-%m-%d}", *options)
    assert "nothing to do" in again.stdout, again.stdout
    other = platform.inv("backfill", "--from", f"{first:%Y-%m-%d}")
    assert (other.returncode, "the past of edge2 was written with other incidents" in other.stdout) == (2, True)
    for words in ((), ("--period", "day", "--zone", "Africa/Kampala"), ("--period", "total")):
        verified = platform.inv("verify", "--energy", *words)
        assert verified.returncode == 0, verified.stdout
        assert "as expected, says the backend" in verified.stdout

    file = tmp_path / "truth.csv"
    assert platform.inv("truth", "--edge", "1", "--output", str(file)).returncode == 0
    with file.open() as opened:
        rows = [row for row in csv.DictReader(opened) if row["channel"] == METER]
    assert {row["edge"] for row in rows} == {"edge1"}
    found = next(row for row in rows if row["period"] == f"{first:%Y-%m}")
    assert int(found["wh"]) > int(found["answered"]) > 0
    assert found["why"] == "first and last point"

    days = document(platform, "truth", "--edge", "2", "--period", "day")["truth"]
    reasons = {kind_of(one["why"]) for one in days if one["channel"] == METER}
    assert reasons >= {"gap", "meter replaced", "counter reset", "left"}

    assert {one["edge"] for one in document(platform, "truth", "--edge", "0")["truth"]} == {"edge0"}
    assert document(platform, "verify", "--energy", "--edge", "0")["energy"]["differences"] == []

    moment = round(last.timestamp() * 1000) - QUARTER
    wrong = Points("edge1", np.array([moment]), {METER: np.array([5])})
    history_of(platform).write([wrong])
    verified = platform.inv("verify", "--energy")
    assert verified.returncode == 6, verified.stdout
    assert f"edge1 {METER} {first:%Y-%m}: the backend answers " in verified.stdout
    assert f"and should answer {int(found['answered']):,} Wh" in verified.stdout
    assert "1 energy differ" in verified.stdout


def test_what_somebody_writes_and_changes_is_followed_to_the_last_watt_hour(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "0", "--light-edges", "1").returncode == 0
    client = client_of(platform)
    client.ask("edge0", "setChannelValue", componentId="meter3", channelId="ActivePower", value=40_000_000)
    time.sleep(2)
    stopped = [{"name": "enabled", "value": False}]
    client.ask("edge0", "updateComponentConfig", componentId="datasource0", properties=stopped)
    client.ask("edge0", "setChannelValue", componentId="meter3", channelId="ActivePower", value=None)

    now = datetime.now(timezone.utc)
    days = (f"{now - timedelta(1):%Y-%m-%d}", f"{now + timedelta(1):%Y-%m-%d}")
    deadline, counter, truth = time.monotonic() + 2 * LONG_S, None, None
    while counter is None or counter != truth:
        assert time.monotonic() < deadline, (counter, truth)
        time.sleep(1)
        counter = client.values(["edge0"], [METER])["edge0"][METER]
        listed = document(platform, "truth", "--from", days[0], "--to", days[1], "--period", "total")["truth"]
        truth, why = next((one["wh"], one["why"]) for one in listed if one["channel"] == METER)
    assert (truth > 20_000, why) == (True, "not backfilled")
