"""``Simulator.ProductionMeter.Acting``: a meter of production, whose power is that of a datasource."""

from __future__ import annotations

from typing import Final

from edge_tasks.light.engine.acting_meter import acting_meter
from edge_tasks.openems.components import factory

DEVICE: Final = acting_meter(factory("Simulator.ProductionMeter.Acting"), "production")
