from __future__ import annotations

import re
import shutil
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.inv import ROOT
from tests.waiting import await_that

HISTORY = "openems-backend/config.d/Timedata/InfluxDB"
INFLUXDB = "\n  influxdb:\n    image: influxdb:1.8\n    environment: {INFLUXDB_DB: openemsdb}\n"
LIGHT = "openems-light-edges"


@pytest.fixture
def mixed(platform: Any) -> Any:
    return platform.with_options("--light-image", "edge-tasks-test-base:bookworm")


def test_light_edges_follow_the_others_in_one_container_that_outlives_growth(mixed: Any) -> None:
    assert "31 online, says the backend" in mixed.inv("setup", "--edges", "1", "--light-edges", "30")
    made = mixed.containers()
    assert made.keys() >= {"openems-edge-0", LIGHT}
    assert not mixed.directory(1).exists()
    again = mixed.inv("setup")
    assert again.count("nothing to do") == 7
    assert "61 online" in mixed.inv("setup", "--light-edges", "60")
    assert mixed.containers() == made


def test_a_light_container_that_is_killed_is_named_as_the_reason_and_comes_back(mixed: Any) -> None:
    mixed.inv("setup", "--edges", "1", "--light-edges", "3")
    mixed.docker("stop", "-t", "3", mixed.containers()[LIGHT])
    said = mixed.inv("verify", "--timeout", "8", code=6)
    assert "not online: 3 of 4 edges" in said
    assert "4 online" in mixed.inv("up", "verify")


def test_without_light_edges_their_container_goes(mixed: Any) -> None:
    mixed.inv("setup", "--edges", "1", "--light-edges", "3")
    assert "2 online" in mixed.inv("setup", "--edges", "2", "--light-edges", "0")
    assert LIGHT not in mixed.containers()
    mixed.inv("down", "--purge")
    assert mixed.git("status", "--short", "--ignored") == ""


@pytest.fixture
def stored(mixed: Any) -> Any:
    """A checkout with an InfluxDB whose port is not published, and whose data lie in no volume."""
    compose = mixed.path / "docker-compose.yml"
    compose.write_text(compose.read_text().replace("\nvolumes:\n", f"{INFLUXDB}\nvolumes:\n  points:\n"))
    shutil.copytree(ROOT / "templates" / "platform" / HISTORY, mixed.path / HISTORY)
    return mixed


def drops_nothing(platform: Any, backend: str) -> bool:
    """Whether a backend writes all that it is sent, as its monitor says."""
    said: list[str] = re.findall(r"Limit:([0-9.]+)", platform.docker("logs", "--tail", "50", backend))
    return bool(said) and float(said[-1]) == 0


def test_a_past_is_written_at_a_published_port_and_goes_through_the_backend_too(stored: Any) -> None:
    stored.inv("setup", "--edges", "0", "--light-edges", "2")
    begin = f"{datetime.now(timezone.utc) - timedelta(days=2):%Y-%m-%d}"
    refused = stored.inv("backfill", "--from", begin, code=2)
    assert "docker-compose.yml" in refused
    assert "its data lie in no volume that has a name" in refused

    compose = stored.path / "docker-compose.yml"
    volume = f"{INFLUXDB}    volumes: ['points:/var/lib/influxdb']\n"
    compose.write_text(compose.read_text().replace(INFLUXDB, volume))
    stored.inv("up")
    before = stored.containers()
    influx = ("influx", "-database", "openemsdb", "-execute")
    stored.docker("exec", before["influxdb"], *influx, "INSERT data,edge=9 theirs=1i 1")
    said = stored.inv("backfill", "--from", begin)
    port = stored.port("influxdb", 8086)
    assert f"influxdb at 127.0.0.1:{port}, for what is written there from here" in said
    assert "points of 2 edges in the InfluxDB at http://influxdb:8086" in said
    after = stored.containers()
    assert {service for service in before if before[service] != after[service]} == {"influxdb"}
    assert "theirs" in stored.docker("exec", after["influxdb"], *influx, "SELECT theirs FROM data")
    assert "nothing to do: 2 edges with a past" in stored.inv("backfill", "--from", begin)
    assert stored.containers() == after

    # After failures, as while InfluxDB was made anew, a backend drops points for a while.
    await_that(lambda: drops_nothing(stored, after["openems-backend"]), within_s=120, every_s=1)
    sent = stored.inv("backfill", "--from", begin, "--every", "30m", "--adopt", "--through-backend")
    assert "points of 2 edges in the InfluxDB at http://influxdb:8086" in sent
    asked = stored.inv("verify", "--energy")
    assert re.search(r"[1-9]\d* energies as expected, says the backend", asked)
    shrunk = stored.inv("setup", "--light-edges", "1", "--yes")
    assert "removed the past of 1 edge" in shrunk
