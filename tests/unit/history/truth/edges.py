"""Components of edges for tests of the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.openems.configuration import Component

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.history.truth.account import Account, Entry
    from edge_tasks.openems import felix

BEGIN = 1_761_951_600_123
DAY = 86_400_000
HOUSE: Mapping[str, object] = {
    "step_s": 300,
    "utc_offset_min": 67,
    "consumption": {
        "day": [1, 1, 1, 4, 5, 3, 2, 6, 8, 3],
        "weekend": {"06:30": 2, "20:15": 6},
        "scale": [0.5, 1.7],
        "shift_min": 55,
        "noise": 0.4,
    },
    "production": {"sun": {"rise": "06:00", "set": "20:00"}, "noise": 0.1, "clouds": [0.03, 0.75]},
}
BATTERY = {"capacity": 10_000, "initialSoc": 50, "maxApparentPower": 4_000}
LIMIT = {"minSoc": 15, "forceChargeSoc": 10}
STEPS: Mapping[str, felix.Value] = {"values": (700, 50, 900), "timeDelta": 1_700}
AT_ONCE = Component("_power", "Ess.Power", "Ess.Power", "", {"enablePid": False})


def component(own_id: str, factory: str, **properties: felix.Value) -> Component:
    return Component(own_id, factory, f"{factory}.{own_id}", "", properties)


def components_of(
    battery: Mapping[str, felix.Value] | None,
    own: Mapping[str, felix.Value] = STEPS,
    limit: Mapping[str, felix.Value] | None = None,
    target: int | None = 0,
) -> list[Component]:
    series = "Simulator.Datasource.Single.Direct"
    found = [
        AT_ONCE,
        component("datasource1", series, values=(5_000,), timeDelta=-1),
        component("datasource2", series, values=(900,), timeDelta=-1),
        component("datasource3", series, **own),
        component("meter0", "Simulator.GridMeter.Reacting"),
        component("meter1", "Simulator.ProductionMeter.Acting", **{"datasource.id": "datasource1"}),
        component("meter2", "Simulator.NRCMeter.Acting", **{"datasource.id": "datasource2"}),
        component("meter3", "Simulator.NRCMeter.Acting", **{"datasource.id": "datasource3"}),
    ]
    if battery:
        found.append(component("ess0", "Simulator.EssSymmetric.Reacting", **battery))
    if battery and target is not None:
        found.append(component("ctrl0", "Controller.Symmetric.Balancing", targetGridSetpoint=target))
    if battery and limit:
        found.append(component("ctrl1", "Controller.Ess.LimitTotalDischarge", **limit))
    return found


def entries_in(account: Account) -> list[Entry]:
    """All entries of an account, edge by edge."""
    return [entry for place in range(len(account.edges)) for entry in account.entries_of(place)]
