"""Trees like those of OpenEMS' documentation run whole on a light edge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.devices import DEVICES
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.model import model_of
from edge_tasks.openems import configuration
from tests.edge_templates import write_template
from tests.sample_trees import GETTING_STARTED, SITE, Tree, sources_of

if TYPE_CHECKING:
    from pathlib import Path

each_tree = pytest.mark.parametrize("tree", [GETTING_STARTED, SITE], ids=["getting started", "site"])


@each_tree
def test_a_tree_runs_whole(tree: Tree, tmp_path: Path) -> None:
    found = configuration.read(write_template(tmp_path, sources_of(tree)))
    assert found.ignored == ()
    assert {one.id for one in found.components} == tree.keys()
    assert DEVICES.unsimulated(found.components) == ()


@each_tree
def test_what_enters_a_tree_leaves_it_in_a_day(tree: Tree, tmp_path: Path) -> None:
    model = model_of(configuration.read(write_template(tmp_path, sources_of(tree))))
    simulation = Simulation(model.plant, 0)
    simulation.advance(86_400_000)
    values = json.loads(b"{%b}" % ChannelValues(model.channels, simulation).everything())
    enters = ("GridBuyActiveEnergy", "ProductionActiveEnergy", "EssActiveDischargeEnergy")
    leaves = ("GridSellActiveEnergy", "ConsumptionActiveEnergy", "EssActiveChargeEnergy")
    entered, left = (sum(values[f"_sum/{one}"] or 0 for one in some) for some in (enters, leaves))
    balance = entered - left
    assert abs(balance) <= 3
    assert values["_sum/ConsumptionActiveEnergy"] > 20_000


def test_in_getting_started_the_battery_follows_the_load_until_it_is_empty(tmp_path: Path) -> None:
    model = model_of(configuration.read(write_template(tmp_path, sources_of(GETTING_STARTED))))
    simulation = Simulation(model.plant, 0)
    simulation.advance(600_000)
    assert simulation.power("ess0") > 0
    assert simulation.socs() == (49, 49) or simulation.socs() == (48, 48)
    simulation.advance(86_400_000)
    assert simulation.socs() == (0, 0)
    assert simulation.power("meter0") > 0
