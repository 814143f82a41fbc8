from __future__ import annotations

import json
import random
from typing import Any, TypeAlias

import pytest

from edge_tasks.light import protocol

Values: TypeAlias = dict[str, int | str | None]
CONFIG: dict[str, Any] = {"components": {"a0": {}}, "factories": {}}


def _ask(method: str) -> Any:
    payload = {"jsonrpc": "2.0", "id": "inner", "method": method, "params": {}}
    request = {"jsonrpc": "2.0", "id": "outer", "method": "authenticatedRpc", "params": {"payload": payload}}
    reply = protocol.answer(json.dumps(request), CONFIG)
    assert reply is not None
    return json.loads(reply)


@pytest.mark.parametrize(("method", "result"), [("getEdgeConfig", CONFIG), ("subscribeSystemLog", {})])
def test_a_known_request_has_its_result(method: str, result: Any) -> None:
    payload = {"jsonrpc": "2.0", "id": "inner", "result": result}
    assert _ask(method) == {"jsonrpc": "2.0", "id": "outer", "result": {"payload": payload}}


def test_any_other_request_has_an_error() -> None:
    reply = _ask("componentJsonApi")
    assert (reply["id"], reply["error"]["code"]) == ("outer", 4001)
    assert reply["error"]["message"].startswith("Unhandled JSON-RPC method")
    bare = protocol.answer(b'{"id": 1, "method": "authenticatedRpc", "params": []}', CONFIG)
    assert bare is not None
    assert json.loads(bare)["error"]["code"] == 4001


@pytest.mark.parametrize("garbage", [b"", b"\xff", "[]", "1", '{"id": 1, "result": {}}', '{"method": "x"}'])
def test_what_is_no_request_is_not_answered(garbage: str | bytes) -> None:
    assert protocol.answer(garbage, CONFIG) is None


def test_waits_grow_from_a_second_to_half_a_minute() -> None:
    rng = random.Random(1)  # noqa: S311 - a seeded test, no secret
    for failures in range(200):
        low, high = (0.1, 1.0) if failures <= 1 else (min(30, 2 ** (failures - 1)) / 2, 30)
        assert low <= protocol.wait(failures, rng) <= high


@pytest.mark.parametrize(
    ("open_for", "code", "verdict"),
    [(0.1, 1006, "refused"), (0.1, None, "refused"), (0.1, 1000, "lost"), (5.1, 1006, "lost")],
)
def test_a_drop_soon_after_the_upgrade_is_a_refusal(open_for: float, code: int | None, verdict: str) -> None:
    assert protocol.verdict(open_for, code) == verdict


def test_notifications_have_the_recorded_shape() -> None:
    expected = {"jsonrpc": "2.0", "method": "timestampedData", "params": {"1000": {}}}
    assert json.loads(protocol.timestamped_data(1000, {})) == expected
    assert len(protocol.timestamped_data(1795471735000, {})) == len(
        '{"jsonrpc":"2.0","method":"timestampedData","params":{"1795471735000":{}}}'
    )
    assert json.loads(protocol.edge_config(CONFIG))["params"] == CONFIG


def test_a_window_has_averages_maxima_and_the_most_frequent() -> None:
    windows = protocol.Aggregation(300_000)
    first: Values = {
        "a/ActivePower": 100,
        "a/ActiveProductionEnergy": 1,
        "_sum/State": 0,
        "v": "x",
        "n": None,
    }
    assert windows.add(300_000, first) is None
    later: Values = {
        "a/ActivePower": 200,
        "a/ActiveProductionEnergy": 9,
        "_sum/State": 3,
        "v": "y",
        "n": 4,
    }
    assert windows.add(400_000, later) is None
    assert windows.add(600_000, {"a/ActivePower": 0}) == (
        300_000,
        {"a/ActivePower": 167, "a/ActiveProductionEnergy": 9, "_sum/State": 3, "v": "y", "n": 4},
    )
    finished = windows.add(900_000, {})
    assert finished is not None
    assert finished[1]["a/ActivePower"] == 0
