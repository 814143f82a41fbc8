"""Which channels ``Timedata.AggregatedInfluxDB`` keeps, and how. Pure.

A fact about OpenEMS 2024.7.0, whose list ends at ``meter9``; later ones have more meters (see
``openems/release.py``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["average", "counter"]
_PHASES: Final = ("", "L1", "L2", "L3")
_SUM_POWERS: Final = ("Ess", "Grid", "ProductionAc", "Consumption")
_AVERAGES: Final[Mapping[str, str]] = {
    "_sum": "EssSoc ProductionActivePower ProductionDcActualPower EssDischargePower"
    " UnmanagedConsumptionActivePower",
    "ctrlIoHeatPump0": "Status",
    "ctrlIoHeatingElement0": "Level",
    "ctrlGridOptimizedCharge0": "DelayChargeMaximumChargeLimit _PropertyMaximumSellToGridPower"
    " SellToGridLimitMinimumChargeLimit",
    "ctrlEmergencyCapacityReserve0": "ActualReserveSoc",
    "ctrlEssTimeOfUseTariff0": "QuarterlyPrices StateMachine",
    "ctrlPeakShaving0": "_PropertyPeakShavingPower _PropertyRechargePower",
}
_NUMBERED_AVERAGES: Final[Mapping[str, tuple[int, str]]] = {
    "ess": (17, "Soc ActivePower ReactivePower"),
    "charger": (20, "ActualPower"),
    "evcs": (10, "ChargePower"),
    "ctrlTimeslotPeakshaving": (10, "StateMachine _PropertyRechargePower _PropertyPeakShavingPower"),
    "ctrlApiModbusTcp": (
        3,
        " ".join(
            f"Ess0Set{power}Power{how}"
            for power in ("Active", "Reactive")
            for how in ("Equals", "LessOrEquals", "GreaterOrEquals")
        ),
    ),
    "io": (10, " ".join(f"Relay{place}" for place in range(1, 9))),
}
_COUNTERS: Final[Mapping[str, str]] = {
    "_sum": "EssDcChargeEnergy EssDcDischargeEnergy GridSellActiveEnergy GridBuyActiveEnergy"
    " ProductionActiveEnergy ProductionAcActiveEnergy ProductionDcActiveEnergy"
    " ConsumptionActiveEnergy EssActiveChargeEnergy"
    " EssActiveDischargeEnergy",
    "ctrlEssTimeOfUseTariffDischarge0": "DelayedTime",
    "ctrlEssTimeOfUseTariff0": "DelayedTime ChargedTime",
    "ctrlGridOptimizedCharge0": "AvoidLowChargingTime NoLimitationTime SellToGridLimitTime DelayChargeTime",
    "ctrlIoHeatingElement0": "Level1CumulatedTime Level2CumulatedTime Level3CumulatedTime",
    "ctrlChpSoc0": "CumulatedActiveTime",
    "ctrlFixActivePower0": "CumulatedActiveTime",
    "ctrlIoHeatPump0": "RegularStateTime RecommendationStateTime ForceOnStateTime LockStateTime",
}
_NUMBERED_COUNTERS: Final[Mapping[str, tuple[int, str]]] = {
    "evcs": (10, "ActiveConsumptionEnergy"),
    "io": (10, "ActiveProductionEnergy"),
    "charger": (20, "ActualEnergy"),
    "ctrlChannelThreshold": (5, "CumulatedActiveTime"),
    "ctrlIoChannelSingleThreshold": (5, "CumulatedActiveTime"),
    "ctrlIoFixDigitalOutput": (5, "CumulatedActiveTime"),
    "ess": (17, "ActiveChargeEnergy ActiveDischargeEnergy"),
    "ctrlApiModbusTcp": (3, "CumulatedActiveTime CumulatedInactiveTime"),
}


@lru_cache(maxsize=4)
def allowed_channels(meters: int) -> Mapping[str, Kind]:
    """All of them, for a release that knows so many meters (from ``meter0`` on)."""
    averages: dict[str, Kind] = dict.fromkeys(_averages(meters), "average")
    counters: dict[str, Kind] = dict.fromkeys(_counters(meters), "counter")
    return averages | counters


def _averages(meters: int) -> Iterator[str]:
    yield from _plain(_AVERAGES)
    yield from _numbered(_NUMBERED_AVERAGES)
    for phase in _PHASES:
        yield from (f"_sum/{what}ActivePower{phase}" for what in _SUM_POWERS)
        yield from (f"meter{place}/ActivePower{phase}" for place in range(meters))
        yield from (f"pvInverter{place}/ActivePower{phase}" for place in range(10))


def _counters(meters: int) -> Iterator[str]:
    yield from _plain(_COUNTERS)
    yield from _numbered(_NUMBERED_COUNTERS)
    for phase in _PHASES:
        for what in ("Production", "Consumption"):
            yield from (f"meter{place}/Active{what}Energy{phase}" for place in range(meters))
        yield from (f"pvInverter{place}/ActiveProductionEnergy{phase}" for place in range(10))


def _plain(channels: Mapping[str, str]) -> Iterator[str]:
    return (f"{component}/{channel}" for component, names in channels.items() for channel in names.split())


def _numbered(channels: Mapping[str, tuple[int, str]]) -> Iterator[str]:
    for component, (count, names) in channels.items():
        yield from (f"{component}{place}/{channel}" for place in range(count) for channel in names.split())
