"""What is said to an InfluxDB 2, held against the rules of its API, because none can be built here."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from edge_tasks.timedata.errors import HistoryError
from edge_tasks.timedata.influxdb.history import InfluxHistory
from edge_tasks.timedata.influxdb.server import Server
from edge_tasks.timedata.points import Points
from edge_tasks.timedata.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

SPAN = Span(1_761_951_600_000, 1_761_955_200_500)
COUNTS = ",result,table,edge,_value\r\n,_result,0,3,96\r\n,_result,1,34,7\r\n\r\n"


@dataclass
class Heard:
    """A server that answers as the API says, and what it was asked."""

    url: str = ""
    answer: str = ""
    requests: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Heard]:
    heard = Heard()

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.requests.append((parts.path, parse_qs(parts.query), body))
            knows = self.headers["Authorization"] == "Token my-token"
            self.send_response((200 if parts.path.endswith("query") else 204) if knows else 401)
            self.end_headers()
            refusal = json.dumps({"code": "unauthorized", "message": "unauthorized access"})
            self.wfile.write((heard.answer if knows else refusal).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Api) as listening:
        heard.url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield heard
        listening.shutdown()
        thread.join()


def history(server: Heard, token: str = "my-token") -> InfluxHistory:  # noqa: S107 - of a test
    return InfluxHistory(Server(server.url, "openems", token, "my org"), speaks_flux=True)


def test_points_are_written_with_org_bucket_and_precision(server: Heard) -> None:
    power = np.array([1, 2])
    assert history(server).write([Points("edge3", np.array([1000, 2000]), {"meter0/ActivePower": power})]) == 2
    assert server.requests == [
        (
            "/api/v2/write",
            {"org": ["my org"], "bucket": ["openems"], "precision": ["ms"]},
            "data,edge=3 meter0/ActivePower=1i 1000\ndata,edge=3 meter0/ActivePower=2i 2000\n",
        )
    ]


def test_points_are_counted_by_a_query_in_flux(server: Heard) -> None:
    server.answer = COUNTS
    assert history(server).count(["edge3", "edge4"], SPAN, "meter0/ActivePower") == {"edge3": 96}
    ((path, parameters, body),) = server.requests
    assert (path, parameters) == ("/api/v2/query", {"org": ["my org"]})
    assert json.loads(body)["query"] == (
        'from(bucket: "openems") |> range(start: 2025-10-31T23:00:00.000Z, stop: 2025-11-01T00:00:00.500Z)'
        ' |> filter(fn: (r) => r._measurement == "data" and r._field == "meter0/ActivePower")'
        ' |> group(columns: ["edge"]) |> count()'
    )


def test_edges_with_points_are_found(server: Heard) -> None:
    server.answer = ",result,table,edge\r\n,_result,0,3\r\n\r\n,result,table,edge\r\n,_result,1,5\r\n\r\n"
    assert history(server).occupied(["edge3", "edge4", "edge5"], SPAN) == {"edge3", "edge5"}
    ((_, _, body),) = server.requests
    figures = r"r._field !~ /\/(Active|Completed|Connections|MaxPoolSize|Pending|PoolSize)$/"
    assert figures in json.loads(body)["query"]


def test_each_edge_is_deleted_by_a_predicate_which_includes_its_end(server: Heard) -> None:
    history(server).delete(["edge3", "edge4"], SPAN)
    assert [json.loads(body) for _, _, body in server.requests] == [
        {
            "start": "2025-10-31T23:00:00.000Z",
            "stop": "2025-11-01T00:00:00.499Z",
            "predicate": f'_measurement="data" AND edge="{edge}"',
        }
        for edge in (3, 4)
    ]
    assert {path for path, _, _ in server.requests} == {"/api/v2/delete"}


def test_a_wrong_token_is_refused_without_being_shown(server: Heard) -> None:
    with pytest.raises(HistoryError, match="refuses the login: unauthorized access") as error:
        history(server, "other-token").count(["edge3"], SPAN, "meter0/ActivePower")
    assert "other-token" not in str(error.value) + error.value.hint
