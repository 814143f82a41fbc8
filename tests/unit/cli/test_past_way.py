"""Which backends a past may be sent to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from edge_tasks.cli.past_way import check_way
from edge_tasks.errors import SettingsError
from edge_tasks.runtimes.plans import Entrance

MINUTE = 60_000


def check(provider: str, every: int, finest: int = 1) -> None:
    storage: Any = SimpleNamespace(provider=provider, entrance=lambda: Entrance("ws://here", finest))
    check_way(storage, every)


@pytest.mark.parametrize("provider", ["Timedata.AggregatedInfluxDB", "Timedata.Dummy"])
def test_other_providers_are_refused_by_name(provider: str) -> None:
    with pytest.raises(SettingsError, match=f"^{provider} stores nothing of what") as error:
        check(provider, 15 * MINUTE)
    assert error.value.exit_code == 2


def test_points_of_which_some_would_be_dropped_are_refused() -> None:
    with pytest.raises(SettingsError, match="only points 15 minutes apart") as error:
        check("Timedata.InfluxDB", 5 * MINUTE, 15 * MINUTE)
    assert error.value.hint.startswith("--every 15m")


def test_a_backend_that_stores_all_of_them_is_taken() -> None:
    check("Timedata.InfluxDB", 15 * MINUTE, 15 * MINUTE)
    check("Timedata.InfluxDB", 1_000)
