from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge

MINUTE = 60_000
UNDEFINED, ON, OFF = -1, 0, 1


def _house(edge: Build, soc: int, used: int = 0, **controller: Any) -> Edge:
    addresses = {"inputChannelAddress": "_sum/EssSoc", "outputChannelAddress": "io0/InputOutput2"}
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (used,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 1000, "initialSoc": soc}),
        ("ctrlBalancing0", "Controller.Symmetric.Balancing", {"ess__id": "ess0"}),
        ("io0", "Simulator.IO.DigitalInputOutput", {"numberOfOutputs": 3}),
        ("chp0", "Controller.CHP.SoC", {"lowThreshold": 20, "highThreshold": 80, **addresses, **controller}),
    )


def _seen(found: Edge) -> tuple[int, str]:
    return found.averages()["chp0/StateMachine"], found.log("io0")


@pytest.mark.parametrize(
    ("soc", "state", "relays"),
    [(20, ON, "--x"), (21, UNDEFINED, "---"), (79, UNDEFINED, "---"), (80, OFF, "---"), (5, ON, "--x")],
)
def test_it_is_on_when_the_battery_is_empty_and_off_when_it_is_full(
    edge: Build, soc: int, state: int, relays: str
) -> None:
    assert _seen(_house(edge, soc)) == (state, relays)


@pytest.mark.parametrize(("soc", "relays"), [(20, "---"), (50, "---"), (80, "--x")])
def test_inverted_it_is_the_other_way_round(edge: Build, soc: int, relays: str) -> None:
    assert _house(edge, soc, invert=True).log("io0") == relays


def test_between_the_thresholds_it_stays_as_it_was(edge: Build) -> None:
    found = _house(edge, 30, used=400)
    assert found.log("io0") == "---"
    found.after(20 * MINUTE)
    assert found.values["_sum/EssSoc"] < 20
    assert _seen(found) == (ON, "--x")
    found.write("ess0/SetActivePowerEquals", -400).after(30 * MINUTE)
    assert 20 < found.values["_sum/EssSoc"] < 80
    assert _seen(found) == (ON, "--x")
    found.after(120 * MINUTE)
    assert _seen(found) == (OFF, "---")


def test_between_the_thresholds_anybody_may_switch_the_relay_and_beyond_nobody(edge: Build) -> None:
    assert _house(edge, 50).write("io0/InputOutput2", 1).log("io0") == "--x"
    assert _house(edge, 10).write("io0/InputOutput2", 0).log("io0") == "--x"


@pytest.mark.parametrize(("mode", "number", "relays"), [("MANUAL_ON", 0, "--x"), ("MANUAL_OFF", 1, "---")])
def test_by_hand_it_is_on_or_off_whatever_the_battery_has(
    edge: Build, mode: str, number: int, relays: str
) -> None:
    found = _house(edge, 50, mode=mode, invert=True)
    assert (found.log("io0"), found.averages()["chp0/Mode"]) == (relays, number)


def test_its_time_is_null_until_it_was_on(edge: Build) -> None:
    found = _house(edge, 30, used=400)
    assert found.values["chp0/CumulatedActiveTime"] is None
    assert "chp0/CumulatedActiveTime" not in found.averages()
    assert found.after(30 * MINUTE).values["chp0/CumulatedActiveTime"]


@pytest.mark.parametrize("address", ["none9/Soc", "_meta/Version", ""])
def test_without_a_value_it_does_nothing(edge: Build, address: str) -> None:
    assert _seen(_house(edge, 10, inputChannelAddress=address)) == (UNDEFINED, "---")


def test_what_passes_between_the_thresholds_counts_when_it_is_on_again(edge: Build) -> None:
    found = _house(edge, 20, used=0)
    assert found.after(10 * MINUTE).values["chp0/CumulatedActiveTime"] == 600
    found.write("ess0/SetActivePowerEquals", -1000).after(10 * MINUTE)
    assert 600 <= found.values["chp0/CumulatedActiveTime"] < 630
    found.write("ess0/SetActivePowerEquals", 1000).after(12 * MINUTE)
    assert found.values["chp0/CumulatedActiveTime"] == 32 * 60


def test_what_passes_before_it_is_off_does_not_count(edge: Build) -> None:
    found = _house(edge, 20, used=0).write("ess0/SetActivePowerEquals", -1000).after(50 * MINUTE)
    assert _seen(found) == (OFF, "---")
    assert found.values["chp0/CumulatedActiveTime"] < 30
