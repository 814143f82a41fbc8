from __future__ import annotations

import json
import random

import pytest

from edge_tasks.light.wire import protocol


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
    expected = {"jsonrpc": "2.0", "method": "timestampedData", "params": {"1000": {"a/B": 1}}}
    assert json.loads(protocol.timestamped_data(1000, b'"a/B":1')) == expected
    assert len(protocol.timestamped_data(1000, b"")) == 56
    assert json.loads(protocol.edge_config({"components": {}}))["params"] == {"components": {}}
    for make, method in ((protocol.aggregated_data, "aggregatedData"), (protocol.resend_data, "resendData")):
        assert json.loads(make(300_000, b"")) == {"jsonrpc": "2.0", "method": method, "params": {"300000": {}}}
