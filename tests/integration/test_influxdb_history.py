"""The history that a real InfluxDB 1.8 holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge_tasks.timedata.errors import HistoryError
from edge_tasks.timedata.influxdb.history import InfluxHistory
from edge_tasks.timedata.influxdb.server import Server
from edge_tasks.timedata.points import Points
from edge_tasks.timedata.span import Span
from tests.influxdb import DATABASE, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.influxdb import InfluxDb

BUCKET = f"{DATABASE}/autogen"
DAY = 86_400_000
BEGIN = 1_761_951_600_000
WHOLE = Span(0, 1 << 42)


@pytest.fixture
def history(influxdb: InfluxDb) -> InfluxHistory:
    return InfluxHistory(Server(influxdb.url, BUCKET))


def points(edge: str, count: int = 100) -> Points:
    times = BEGIN + 900_000 * np.arange(count)
    power = np.arange(count) - 50
    return Points(
        edge,
        times,
        {
            "meter0/ActivePower": power,
            "meter0/ActivePowerL1": power,
            "ess0/Capacity": np.broadcast_to(np.int64(10_000), count),
            "ess0/Share": power / 8,
        },
    )


def test_what_is_written_is_stored_value_by_value_in_its_type(history: InfluxHistory, influxdb: InfluxDb) -> None:
    some = points("edge3", 1000)
    assert history.write([some]) == 1000
    (series,) = influxdb.query("SELECT * FROM data GROUP BY edge")
    assert series["tags"] == {"edge": "3"}
    columns = dict(zip(series["columns"], zip(*series["values"], strict=True), strict=True))
    assert list(columns.pop("time")) == some.times.tolist()
    assert {name: list(values) for name, values in columns.items()} == {
        name: values.tolist() for name, values in some.channels.items()
    }
    types = dict(influxdb.rows("SHOW FIELD KEYS"))
    assert types == {
        "meter0/ActivePower": "integer",
        "meter0/ActivePowerL1": "integer",
        "ess0/Capacity": "integer",
        "ess0/Share": "float",
    }


def test_points_are_counted_for_each_edge_and_only_in_the_span(history: InfluxHistory) -> None:
    history.write([points("edge3"), points("edge4", 50), points("edge34")])
    span = Span(BEGIN, BEGIN + 60 * 900_000)
    assert history.count(["edge3", "edge4", "edge5"], span, "meter0/ActivePower") == {"edge3": 60, "edge4": 50}


def test_whoever_wrote_a_point_it_occupies_the_span(history: InfluxHistory, influxdb: InfluxDb) -> None:
    influxdb.write(f"data,edge=7 some/Channel=1 {BEGIN + 5}")
    history.write([points("edge3")])
    assert history.occupied(["edge3", "edge7", "edge8"], Span(BEGIN + 1, BEGIN + 10)) == {"edge7"}
    assert history.occupied(["edge3", "edge7", "edge8"], WHOLE) == {"edge3", "edge7"}


def test_names_that_end_with_the_same_number_share_a_series(history: InfluxHistory) -> None:
    history.write([points("bronx-01")])
    assert history.occupied(["queens-01", "bronx-1", "bronx-2"], WHOLE) == {"queens-01", "bronx-1"}


def test_only_the_span_and_the_edges_that_are_named_are_deleted(history: InfluxHistory) -> None:
    history.write([points("edge3"), points("edge4")])
    history.delete(["edge3"], Span(BEGIN, BEGIN + 40 * 900_000))
    assert history.count(["edge3", "edge4"], WHOLE, "ess0/Share") == {"edge3": 60, "edge4": 100}


def test_more_edges_than_are_asked_for_at_once_are_found(history: InfluxHistory) -> None:
    names = [f"edge{number}" for number in range(250)]
    history.write(points(name, 2) for name in names)
    assert history.count(names, WHOLE, "ess0/Share") == dict.fromkeys(names, 2)
    assert history.occupied(names, WHOLE) == set(names)


def test_an_empty_database_has_nothing(history: InfluxHistory) -> None:
    assert history.occupied(["edge3"], WHOLE) == set()
    assert history.count(["edge3"], WHOLE, "ess0/Share") == {}


def test_a_login_is_used_and_a_wrong_one_is_refused_without_being_shown(tmp_path: Path) -> None:
    with running(tmp_path, login="admin:secret") as server:
        server.query(f"CREATE DATABASE {DATABASE}")
        history = InfluxHistory(Server(server.url, BUCKET, "admin:secret"))
        history.write([points("edge3")])
        assert history.count(["edge3"], WHOLE, "ess0/Share") == {"edge3": 100}
        with pytest.raises(HistoryError, match="refuses the login") as error:
            InfluxHistory(Server(server.url, BUCKET, "admin:wrong-one")).write([points("edge3")])
    assert "wrong-one" not in str(error.value) + error.value.hint
    assert error.value.exit_code == 5


def test_a_missing_database_is_named_with_what_creates_it(influxdb: InfluxDb) -> None:
    with pytest.raises(HistoryError, match="has no other/autogen") as error:
        InfluxHistory(Server(influxdb.url, "other/autogen")).write([points("edge3")])
    assert "CREATE DATABASE other" in error.value.hint


def test_a_channel_that_has_another_type_already_is_refused(history: InfluxHistory, influxdb: InfluxDb) -> None:
    influxdb.write(f"data,edge=7 ess0/Capacity=1.5 {BEGIN}")
    with pytest.raises(HistoryError, match="field type conflict"):
        history.write([points("edge3")])


def test_a_server_that_is_not_there_cannot_be_reached() -> None:
    with pytest.raises(HistoryError, match="does not answer") as error:
        InfluxHistory(Server("http://127.0.0.1:9", BUCKET)).count(["edge3"], WHOLE, "ess0/Share")
    assert error.value.exit_code == 5


def test_the_figures_of_a_backend_are_no_points_of_edge0(history: InfluxHistory, influxdb: InfluxDb) -> None:
    influxdb.write(f"data,edge=0 edgewebsocket0/Connections=3i,metadata0/Active=0i {BEGIN}")
    assert history.occupied(["edge0"], WHOLE) == set()
    influxdb.write(f"data,edge=3 edge-3.x/ActivePower=1i {BEGIN}")
    assert history.occupied(["edge0", "edge3"], WHOLE) == {"edge3"}
    influxdb.write(f"data,edge=0 metadata0/Whatever=0i {BEGIN + 1}")
    assert history.occupied(["edge0"], WHOLE) == {"edge0"}
