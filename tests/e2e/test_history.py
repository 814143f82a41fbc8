"""What a billing engine sees of three edges: what they measure now, and a past that was written for them."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Any

import numpy as np
import pytest

from edge_tasks.timedata.embedded.database import Database
from edge_tasks.timedata.embedded.history import EmbeddedHistory
from edge_tasks.timedata.points import Points
from edge_tasks.timedata.span import Span
from tests.billing_client import BillingClient, RefusedError
from tests.waiting import LONG_S

EDGES = ["edge0", "edge1", "edge2"]
DAY, QUARTER = 86_400_000, 900_000
OCTOBER = Span(1_759_276_800_000, 1_759_276_800_000 + 31 * DAY)
DAYS = ("2025-10-01", "2025-10-31")


def client_of(platform: Any) -> BillingClient:
    words = (platform.path / ".edge-tasks" / "netrc").read_text().split()
    login = f"{words[words.index('login') + 1]}:{words[words.index('password') + 1]}"
    return BillingClient(f"http://127.0.0.1:{8075 + platform.offset}", login)


def history_of(platform: Any) -> EmbeddedHistory:
    folder = platform.path / ".edge-tasks"
    host, port, name, user, password = (folder / "pgpass").read_text().strip().split(":", 4)
    return EmbeddedHistory(Database(host, int(port), name, user, password), folder)


def october(edge: str, meter: str, watts: int) -> Points:
    times = OCTOBER.begin + QUARTER * np.arange(31 * 96)
    return Points(edge, times, {f"{meter}/ActiveConsumptionEnergy": watts // 4 * np.arange(len(times))})


def until_it_counts(client: BillingClient, edge: str, channel: str) -> float:
    """Wh of today, once there are any."""
    deadline = time.monotonic() + LONG_S
    while time.monotonic() < deadline:
        today = datetime.now(timezone.utc).date().isoformat()
        try:
            energy = client.energy(edge, (today, today), [channel])[channel]
        except RefusedError:
            energy = None  # nothing has come yet, or midnight has passed
        if energy:
            return energy
        time.sleep(0.5)
    pytest.fail(f"{channel} of {edge} does not count")


def test_a_billing_engine_gets_bills_of_the_past_and_of_today(platform: Any) -> None:
    made = platform.inv("setup", "--edges", "0", "--light-edges", "3")
    assert made.returncode == 0, made.stdout
    client, history = client_of(platform), history_of(platform)
    assert client.online(EDGES) == dict.fromkeys(EDGES, True)
    (meter,) = client.meters("edge0")
    channel = f"{meter}/ActiveConsumptionEnergy"
    assert client.values(EDGES, ["_sum/GridActivePower"]).keys() == set(EDGES)
    history.write(october(edge, meter, 400 * place) for place, edge in enumerate(EDGES, 1))
    for place, edge in enumerate(EDGES, 1):
        assert client.energy(edge, DAYS, [channel]) == {channel: 100 * place * (31 * 96 - 2)}
        days, columns = client.periods(edge, DAYS, [channel])
        assert (days[1], columns[channel][1:]) == ("2025-10-02", [9_600 * place] * 30)
    assert until_it_counts(client, "edge1", "_sum/ProductionActiveEnergy") < 1_000

    assert platform.inv("setup", "--edges", "0", "--light-edges", "2").returncode == 0
    assert history.occupied(EDGES, OCTOBER) == {"edge0", "edge1"}
