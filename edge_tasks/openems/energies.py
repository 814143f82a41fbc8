"""The counter in which a component's power counts, as measured on an edge of 2024.7.0 with InfluxDB behind it.

Every counter is a channel in Wh that never falls. A power of 0 W counts nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.openems.components import Measure


@dataclass(frozen=True)
class Counters:
    """The two counters of a component, by the names of their channels.

    Attributes:
        positive: counts a power above 0 W.
        negative: counts a power below 0 W.
    """

    positive: str
    negative: str


COUNTERS: Final[Mapping[Measure, Counters]] = {
    "production": Counters("ActiveProductionEnergy", "ActiveConsumptionEnergy"),
    "consumption": Counters("ActiveConsumptionEnergy", "ActiveProductionEnergy"),
    "grid": Counters("ActiveProductionEnergy", "ActiveConsumptionEnergy"),
    "battery": Counters("ActiveDischargeEnergy", "ActiveChargeEnergy"),
}
"""A meter of consumption counts what is consumed; that of the grid counts what is bought as produced, and what is
sold as consumed; a battery that gives power discharges."""
