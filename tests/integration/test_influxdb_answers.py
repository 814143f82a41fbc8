"""What a real InfluxDB says to a write of nothing, and what the doctor makes of it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from edge_tasks.adapters.influxdb import Answer, write_nothing
from edge_tasks.checkout.timedata_config import INFLUXDB, Provider
from edge_tasks.checkout.timedata_findings import Place, check_answer
from tests.influxdb import DATABASE, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.influxdb import InfluxDb

PLACE = Place("config.d", lambda *path: "/".join(path), "backend")


def judged(server: InfluxDb, bucket: str, api_key: str = "openems:openems") -> str:
    """The finding in short."""
    answer = write_nothing("127.0.0.1", server.port, bucket, "-", api_key)
    provider = Provider(INFLUXDB, PurePosixPath("f"), {}, url=server.url, bucket=bucket, api_key=api_key)
    return "".join(finding.what for finding in check_answer(provider, answer, "influx", "backend", PLACE))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxDb]:
    """A server with the database that answers nobody without a login."""
    with running(tmp_path_factory.mktemp("guarded"), login="admin:secret") as server:
        server.query(f"CREATE DATABASE {DATABASE}")
        server.query("CREATE USER reader WITH PASSWORD 'only'")
        server.query(f"GRANT READ ON {DATABASE} TO reader")
        yield server


@pytest.mark.parametrize("bucket", [f"{DATABASE}/autogen", DATABASE])
def test_a_database_takes_points(influxdb: InfluxDb, bucket: str) -> None:
    assert judged(influxdb, bucket) == ""
    assert influxdb.query("SHOW MEASUREMENTS") == []


def test_a_missing_database_is_found(influxdb: InfluxDb) -> None:
    assert "nowhere/autogen is not there" in judged(influxdb, "nowhere/autogen")


def test_a_missing_retention_policy_is_found(influxdb: InfluxDb) -> None:
    assert "retention policy not found: short" in judged(influxdb, f"{DATABASE}/short")


@pytest.mark.parametrize("api_key", ["admin:wrong", "reader:only", "", "a-token"])
def test_a_login_that_may_not_write_is_found(guarded: InfluxDb, api_key: str) -> None:
    assert "refuses the login" in judged(guarded, f"{DATABASE}/autogen", api_key)


def test_a_login_that_may_write_is_let_in(guarded: InfluxDb) -> None:
    assert judged(guarded, f"{DATABASE}/autogen", "admin:secret") == ""


def test_a_port_where_nobody_listens_is_no_answer() -> None:
    answer = write_nothing("127.0.0.1", 9, "b", "-", "")
    assert (answer.status, answer.version) == (0, "")
    assert "refused" in answer.words


def test_the_version_is_that_of_the_server(influxdb: InfluxDb) -> None:
    answer = write_nothing("127.0.0.1", influxdb.port, DATABASE, "-", "")
    assert answer == Answer(204, "", answer.version)
    assert answer.version in ("1.8.10", "unknown")
