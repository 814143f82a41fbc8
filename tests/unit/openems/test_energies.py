"""The counters, as billing reads them."""

from __future__ import annotations

import pytest

from edge_tasks.openems.components import factory
from edge_tasks.openems.energies import COUNTERS


@pytest.mark.parametrize(
    ("pid", "positive", "negative"),
    [
        ("Simulator.NRCMeter.Acting", "ActiveConsumptionEnergy", "ActiveProductionEnergy"),
        ("Simulator.ProductionMeter.Acting", "ActiveProductionEnergy", "ActiveConsumptionEnergy"),
        ("Simulator.GridMeter.Reacting", "ActiveProductionEnergy", "ActiveConsumptionEnergy"),
        ("Simulator.EssSymmetric.Reacting", "ActiveDischargeEnergy", "ActiveChargeEnergy"),
    ],
)
def test_a_power_counts_where_a_real_edge_counts_it(pid: str, positive: str, negative: str) -> None:
    measures = factory(pid).measures
    assert measures is not None
    assert (COUNTERS[measures].positive, COUNTERS[measures].negative) == (positive, negative)
