"""What of an edge is reckoned, and what is not."""

from __future__ import annotations

import pytest

from edge_tasks.history.truth.site import reckoned
from edge_tasks.openems.configuration import Component

BATTERY = Component("ess0", "Simulator.EssSymmetric.Reacting", "p", "", {})
ACTING = Component("meter0", "Simulator.GridMeter.Acting", "p", "", {})
CLUSTER = Component("ess9", "Ess.Cluster", "p", "", {"ess.ids": ("ess0",)})


def _control(own_id: str, pid: str) -> Component:
    return Component(own_id, pid, "p", "", {"ess.id": "ess0"})


BALANCING = _control("b0", "Controller.Symmetric.Balancing")


@pytest.mark.parametrize(
    ("components", "unknown"),
    [
        ([], ""),
        ([BATTERY], ""),
        ([BATTERY, BALANCING], ""),
        ([BATTERY, BALANCING, _control("c0", "Controller.Ess.FixActivePower")], ""),
        (
            [BATTERY, BALANCING, _control("a0", "Controller.Ess.FixActivePower")],
            "another controller than Balancing leads the battery",
        ),
        ([BATTERY, CLUSTER], "several batteries"),
        ([ACTING], "a grid meter that acts"),
    ],
)
def test_what_is_not_reckoned_is_said(components: list[Component], unknown: str) -> None:
    assert reckoned(components, None).unknown == unknown


def test_an_acting_grid_meter_moves_consumption_too() -> None:
    moved = {one.energy for one in reckoned([ACTING], None).counters if one.is_moved}
    assert moved == {"buy", "sell", "consumption"}
