"""The real InfluxDB that tests are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.influxdb import DATABASE, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.influxdb import InfluxDb


def test_what_is_written_is_found(influxdb: InfluxDb) -> None:
    influxdb.write("data,edge=3 meter0/ActivePower=500i 1000\ndata,edge=4 meter0/ActivePower=1i 2000")
    assert influxdb.rows("SELECT \"meter0/ActivePower\" FROM data WHERE edge = '3'") == [[1000, 500]]


def test_a_test_begins_with_an_empty_database(influxdb: InfluxDb) -> None:
    assert influxdb.rows("SHOW DATABASES") == [[DATABASE]]
    assert influxdb.query("SELECT * FROM data") == []


def test_a_server_that_wants_a_login_has_its_administrator(tmp_path: Path) -> None:
    with running(tmp_path / "data", login="admin:secret") as server:
        server.query(f"CREATE DATABASE {DATABASE}")
        assert server.rows("SHOW DATABASES") == [[DATABASE]]
    with pytest.raises(AssertionError, match="401"), running(tmp_path / "data", login="admin:wrong"):
        pass
