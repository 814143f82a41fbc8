"""What we say a backend answers, beside what a real one answered to the same questions about the same points."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from edge_tasks.backend import history_request, json_rpc
from edge_tasks.timedata import aggregated, answer
from edge_tasks.timedata.series import Series
from tests.recordings.history import EDGES, QUESTIONS
from tests.recordings.reading import read_answers

PLAIN, AGGREGATED = read_answers("plain"), read_answers("aggregated")
PRESENT = aggregated.Present(now=1_795_655_100_000)
"""When the answers were recorded: long after the last point."""
NO_RESULT = {
    "queryHistoricTimeseriesEnergy": "Unable to query historic data. Result is null",
    "queryHistoricTimeseriesData": "Unable to query historic data. Result is null",
    "queryHistoricTimeseriesEnergyPerPeriod": "Unable to query historic energy per period. Result is null",
}


@lru_cache
def series_of(edge: str) -> dict[str, Series]:
    return {
        channel: Series(np.array([time for time, _ in points]), np.array([value for _, value in points]))
        for channel, points in EDGES[edge]().items()
    }


def plain(edge: str, method: str, params: Any) -> Any:
    asked = history_request.question(params)
    if method == "queryHistoricTimeseriesEnergy":
        found = answer.energy(asked, series_of(edge))
        return found if found is None else {"data": found}
    if method == "queryHistoricTimeseriesData":
        length = history_request.resolution_or_automatic(params, asked)
        table = answer.data(asked, series_of(edge), length)
    else:
        table = answer.energy_per_period(asked, series_of(edge), history_request.resolution(params))
    return table and table.result()


def of_aggregated(edge: str, method: str, params: Any) -> Any:
    asked = history_request.question(params)
    if method == "queryHistoricTimeseriesEnergy":
        found = aggregated.energy(asked, series_of(edge), PRESENT, 10)
        return found if found is None else {"data": found}
    if method == "queryHistoricTimeseriesData":
        length = history_request.resolution_or_automatic(params, asked)
        table = aggregated.data(asked, series_of(edge), length, 10)
    else:
        length = history_request.resolution(params)
        table = aggregated.energy_per_period(asked, series_of(edge), length, PRESENT, 10)
    return table and table.result()


def outcome(answered: Any, edge: str, method: str, params: Any) -> dict[str, Any]:
    try:
        found = answered(edge, method, params)
    except json_rpc.RpcError as error:
        return {"error": f"Unable to get Response: {error}"}
    except history_request.UncaughtError:
        return {"status": 500}
    return {"error": f"Unable to get Response: {NO_RESULT[method]}"} if found is None else {"result": found}


@pytest.mark.parametrize("place", PLAIN)
def test_the_influxdb_provider_is_answered_for_as_it_answered(place: int) -> None:
    assert outcome(plain, *QUESTIONS[place]) == PLAIN[place]


@pytest.mark.parametrize("place", AGGREGATED)
def test_the_aggregated_provider_is_answered_for_as_it_answered(place: int) -> None:
    assert outcome(of_aggregated, *QUESTIONS[place]) == AGGREGATED[place]


def test_the_recording_has_answers_of_each_kind() -> None:
    for answers in (PLAIN, AGGREGATED):
        kinds = [next(iter(one)) for one in answers.values()]
        assert {kind: kinds.count(kind) > 1 for kind in ("result", "error", "status")} == {
            "result": True,
            "error": True,
            "status": True,
        }
