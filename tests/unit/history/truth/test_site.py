"""What of an edge is reckoned, and what is not."""

from __future__ import annotations

import json

import pytest

from edge_tasks.history.past import CHANNEL
from edge_tasks.history.truth.site import reckoned
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.model import model_of
from edge_tasks.openems.configuration import Component, Configuration

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


HOUSEHOLD = Component("meter1", "Simulator.NRCMeter.Acting", "p", "", {})
SUN = Component("meter2", "Simulator.ProductionMeter.Acting", "p", "", {})
GRID = Component("meter0", "Simulator.GridMeter.Reacting", "p", "", {})


@pytest.mark.parametrize("components", [[HOUSEHOLD], [GRID, HOUSEHOLD], [SUN], [GRID, SUN, BATTERY], [BATTERY]])
def test_truth_knows_only_counters_that_such_an_edge_has_and_points_are_counted_by_what_it_tells(
    components: list[Component],
) -> None:
    model = model_of(Configuration(tuple(components), ()))
    simulation = Simulation(model.plant, 0)
    simulation.advance(3_600_000)
    values = json.loads(b"{%b}" % ChannelValues(model.channels, simulation).everything())
    sums = {one.channel for one in reckoned(components, None).counters if one.meter == "_sum"}
    assert sums <= {address for address, value in values.items() if value is not None}
    assert values[CHANNEL] is not None
