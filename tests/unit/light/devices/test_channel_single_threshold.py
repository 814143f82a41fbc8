from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge

SECOND = 1000
BOTH = ("io0/InputOutput0", "io0/InputOutput1")


def _house(edge: Build, power: int, **controller: Any) -> Edge:
    """A controller that watches a meter whose power can be written."""
    addresses = {"inputChannelAddress": "meter3/ActivePower", "outputChannelAddress": "io0/InputOutput0"}
    given = {"threshold": 40, "minimumSwitchingTime": 60, **addresses, **controller}
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (power,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("io0", "Simulator.IO.DigitalInputOutput", {"numberOfOutputs": 2}),
        ("switch0", "Controller.IO.ChannelSingleThreshold", given),
    )


@pytest.mark.parametrize(("power", "relays", "inverted"), [(40, "--", "x-"), (41, "x-", "--")])
def test_it_switches_above_the_threshold_or_the_other_way_round(
    edge: Build, power: int, relays: str, inverted: str
) -> None:
    assert _house(edge, power).log("io0") == relays
    assert _house(edge, power, invert=True).log("io0") == inverted


def test_it_switches_all_relays_that_are_configured(edge: Build) -> None:
    assert _house(edge, 50, outputChannelAddress=BOTH).log("io0") == "xx"
    assert _house(edge, 50, outputChannelAddress=("", BOTH[1])).log("io0") == "-x"
    assert _house(edge, 50, outputChannelAddress="").log("io0") == "--"


def test_the_average_over_the_minimum_switching_time_counts(edge: Build) -> None:
    found = _house(edge, 0).after(300 * SECOND).write("meter3/ActivePower", 81)
    assert found.after(29 * SECOND).log("io0") == "--"
    assert found.after(2 * SECOND).log("io0") == "x-"


def test_it_does_not_switch_twice_in_that_time_and_says_so(edge: Build) -> None:
    found = _house(edge, 100).write("meter3/ActivePower", 0)
    found.after(59 * SECOND)
    assert found.log("io0") == "x-"
    assert (found.values["switch0/AwaitingHysteresis"], found.values["switch0/State"]) == (1, 1)
    found.after(2 * SECOND)
    assert found.log("io0") == "--"
    assert (found.values["switch0/AwaitingHysteresis"], found.values["switch0/State"]) == (0, 0)


def test_without_a_time_it_switches_at_once(edge: Build) -> None:
    found = _house(edge, 100, minimumSwitchingTime=0).after(SECOND)
    assert found.write("meter3/ActivePower", 0).log("io0") == "--"
    assert found.after(SECOND).write("meter3/ActivePower", 100).log("io0") == "x-"


def test_the_load_that_it_switched_does_not_switch_it_back(edge: Build) -> None:
    """What it watches is what is bought: with the load behind the relay it is more."""
    found = _house(edge, 50, switchedLoadPower=-30, invert=True, minimumSwitchingTime=1)
    assert found.log("io0") == "--"
    found.after(10 * SECOND).write("meter3/ActivePower", 5).after(5 * SECOND)
    assert found.log("io0") == "x-"
    found.write("meter3/ActivePower", 10).after(5 * SECOND)
    assert found.log("io0") == "x-"
    found.write("meter3/ActivePower", 11).after(5 * SECOND)
    assert found.log("io0") == "--"


@pytest.mark.parametrize(("mode", "relays"), [("ON", "x-"), ("OFF", "--")])
def test_by_hand_it_is_on_or_off_whatever_it_watches(edge: Build, mode: str, relays: str) -> None:
    for power in (0, 100):
        found = _house(edge, power, mode=mode)
        assert found.log("io0") == relays
        assert found.write("io0/InputOutput0", int(mode == "OFF")).log("io0") == relays


def test_without_a_value_it_is_off_also_inverted(edge: Build) -> None:
    assert _house(edge, 100, inputChannelAddress="none9/Power", invert=True).log("io0") == "--"


def test_its_time_is_counted_while_it_is_on(edge: Build) -> None:
    assert _house(edge, 100).after(90 * SECOND).values["switch0/CumulatedActiveTime"] == 90
    assert _house(edge, 0).after(90 * SECOND).values["switch0/CumulatedActiveTime"] == 0


def test_it_can_watch_what_is_counted_on_a_constant_channel(edge: Build) -> None:
    assert _house(edge, 0, inputChannelAddress="_sum/GridMode", threshold=0).log("io0") == "x-"
