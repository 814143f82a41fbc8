"""The metrics of a whole fleet, as Prometheus would read them."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.metrics import scraped as metrics
from tests.waiting import await_that

until = partial(await_that, every_s=0.2)


def test_both_sides_of_a_fleet_count_and_a_port_that_was_asked_for_stays_until_it_is_taken_back(
    platform: Any,
) -> None:
    port, console = 9464 + platform.offset, 8079 + platform.offset
    made = platform.inv("setup", "--edges", "0", "--light-edges", "20", "--metrics-port", "9464")
    assert made.returncode == 0, made.stdout
    assert f"http://127.0.0.1:{port}/metrics" in made.stdout
    until(lambda: metrics(port).get('edge_tasks_light_edges{state="connected"}') == 20)
    assert metrics(console)['edge_tasks_backend_edges{state="online"}'] == 20
    sent = metrics(port)["edge_tasks_light_messages_total"]
    assert sent > 0
    until(
        lambda: (
            sum(
                value
                for name, value in metrics(console).items()
                if name.startswith("edge_tasks_backend_messages")
            )
            >= sent
        )
    )
    assert platform.inv("setup", "--light-edges", "21").returncode == 0
    assert metrics(port)['edge_tasks_light_edges{state="down"}'] == 0
    assert platform.inv("setup", "--metrics-port", "0").returncode == 0

    def is_gone() -> bool:
        try:
            metrics(port)
        except OSError:
            return True
        return False

    until(is_gone)


@pytest.mark.parametrize("port", ["70000", "x"])
def test_a_port_that_is_none_is_refused(platform: Any, port: str) -> None:
    refused = platform.inv("setup", "--metrics-port", port)
    assert refused.returncode == 2
    assert "a whole number from 0 to 65535" in refused.stdout
