from __future__ import annotations

import http.server
import json
import threading
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from edge_tasks.page.energy import Year
from edge_tasks.proof.backend_api import BackendApi
from edge_tasks.steps.energy_charts import year_charts
from edge_tasks.steps.households import Household

if TYPE_CHECKING:
    from collections.abc import Iterator

YEAR = Year(date(2025, 11, 20), ("UTC",))
CONSUMED = "_sum/ConsumptionActiveEnergy"


@contextmanager
def backend(days: dict[str, dict[str, float]]) -> Iterator[BackendApi]:
    """A backend that answers for 2025-10-05: Wh by edge and channel. Its counters show the same."""

    def answer(params: dict[str, Any]) -> dict[str, Any]:
        if "ids" in params:
            return {"result": {edge: days[edge] for edge in params["ids"]}}
        wh, channels = days[params["edgeId"]], params["payload"]["params"]["channels"]
        if not wh:
            return {"error": {"message": "Unable to query historic energy per period. Result is null"}}
        columns = {channel: [None, wh.get(channel)] for channel in channels}
        timestamps = ["2025-10-04T00:00:00Z", "2025-10-05T00:00:00Z"]
        return {"result": {"payload": {"result": {"timestamps": timestamps, "data": columns}}}}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(answer(call["params"])).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield BackendApi(f"http://127.0.0.1:{server.server_address[1]}", "admin", "secret")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def households(edge: str, count: int) -> list[Household]:
    meters = [f"meter{number}" for number in range(3, 3 + count)]
    return [
        Household(edge, one, f"Household {one}", f"{one}/ActiveConsumptionEnergy", "", "UTC") for one in meters
    ]


def test_the_fleet_comes_first_and_then_the_ten_households_with_the_highest_counters() -> None:
    meters = {edge: households(edge, 7) for edge in ("edge0", "edge1")}
    used = {
        edge: {CONSUMED: 100.0, **{one.channel: 10 * place + number for number, one in enumerate(each)}}
        for place, (edge, each) in enumerate(meters.items())
    }
    told: list[int] = []
    with backend(used) as api:
        found = year_charts(api, meters, dict.fromkeys(meters, "UTC"), YEAR, told.append)
    assert [one.title for one in found[:2]] == ["Consumption of 2 edges", "edge1: Household meter9 (meter9)"]
    assert len(found) == 11
    assert "edge0: Household meter3 (meter3)" not in [one.title for one in found]
    assert found[0].told.startswith("0.2 kWh in 1 day (UTC).")
    assert 'aria-label="Oct: 200 Wh"' in found[0].svg
    assert told == [1, 2]


def test_a_fleet_whose_backend_answers_nothing_has_no_chart() -> None:
    with backend({"edge0": {}}) as api:
        meters = {"edge0": households("edge0", 1)}
        assert year_charts(api, meters, {"edge0": "UTC"}, YEAR, lambda _count: None) == []
