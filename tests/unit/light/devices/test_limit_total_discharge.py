"""What ends discharging, and what has a battery charged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge

MINUTE = 60_000
NORMAL, MIN_SOC, FORCE_CHARGE = 0, 1, 2


def _house(edge: Build, soc: int, used: int = 500, **limit: Any) -> Edge:
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (used,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("meter0", "Simulator.GridMeter.Reacting", {}),
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 1000, "initialSoc": soc}),
        ("ctrlBalancing0", "Controller.Symmetric.Balancing", {"ess__id": "ess0"}),
        ("limit0", "Controller.Ess.LimitTotalDischarge", {"ess__id": "ess0", **limit}),
    )


def _state(found: Edge) -> tuple[int, int]:
    """The state, and the battery's power."""
    return found.simulation.states.kept()["limit0"][0], found.simulation.power("ess0")


@pytest.mark.parametrize(
    ("soc", "state", "power"),
    [(50, NORMAL, 500), (16, NORMAL, 500), (15, MIN_SOC, 0), (11, MIN_SOC, 0), (10, FORCE_CHARGE, -200)],
)
def test_the_state_of_charge_says_what_the_battery_may(edge: Build, soc: int, state: int, power: int) -> None:
    assert _state(_house(edge, soc)) == (state, power)


@pytest.mark.parametrize(("given", "power"), [(300, -300), (0, -200), (-5, -200), ("", -200), (5000, -1000)])
def test_it_is_charged_with_what_is_configured_or_with_a_fifth_of_what_it_can(
    edge: Build, given: int | str, power: int
) -> None:
    assert _state(_house(edge, 5, forceChargePower=given)) == (FORCE_CHARGE, power)


def test_without_a_controller_that_balances_it_is_charged_too(edge: Build) -> None:
    found = edge(
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 1000, "initialSoc": 5}),
        ("limit0", "Controller.Ess.LimitTotalDischarge", {"ess__id": "ess0"}),
    )
    assert _state(found) == (FORCE_CHARGE, -200)
    assert _state(found.after(60 * MINUTE)) == (MIN_SOC, 0)


def test_the_limit_of_charging_is_below_that_of_discharging(edge: Build) -> None:
    assert _state(_house(edge, 8, minSoc=8, forceChargeSoc=20)) == (MIN_SOC, 0)
    assert _state(_house(edge, 7, minSoc=8, forceChargeSoc=20)) == (FORCE_CHARGE, -200)


def test_it_does_not_change_twice_in_five_minutes_and_says_so_meanwhile(edge: Build) -> None:
    found = _house(edge, 15, used=-900)
    assert (found.values["limit0/AwaitingHysteresis"], found.values["limit0/State"]) == (0, 0)
    found.after(2 * MINUTE)
    assert found.values["ess0/Soc"] > 15
    assert _state(found) == (MIN_SOC, -900)
    assert [found.values[f"limit0/{name}"] for name in ("AwaitingHysteresis", "State")] == [1, 1]
    assert found.values["_sum/State"] == 1
    assert _state(found.after(3 * MINUTE)) == (NORMAL, -900)
    assert [found.values[f"limit0/{name}"] for name in ("AwaitingHysteresis", "State")] == [0, 0]


def test_of_several_the_one_that_allows_least_counts(edge: Build) -> None:
    found = edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (500,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 1000, "initialSoc": 9}),
        ("ctrlBalancing0", "Controller.Symmetric.Balancing", {"ess__id": "ess0"}),
        ("limit0", "Controller.Ess.LimitTotalDischarge", {"minSoc": 12, "forceChargeSoc": 3}),
        ("limit1", "Controller.Ess.LimitTotalDischarge", {"forceChargePower": 100}),
        ("limit2", "Controller.Ess.LimitTotalDischarge", {"ess__id": "ess9"}),
    )
    assert found.simulation.power("ess0") == -100
