from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Part

LOG: Part = ("ctrlDebugLog0", "Controller.Debug.Log", {})


def test_a_line_has_the_sums_and_then_each_device_by_its_id(edge: Build) -> None:
    found = edge(
        LOG,
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (500,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("meter0", "Simulator.GridMeter.Reacting", {}),
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 5000}),
    )
    line = found.model.log_line
    assert line is not None
    assert line.source == "ler.debug.log.ControllerDebugLogImpl"
    assert line.text(found.simulation) == (
        "[ctrlDebugLog0] _sum[State:Ok Ess SoC:50 %|L:0 W Grid:500 W Consumption:500 W] "
        "ess0[SoC:50 %|L:0 W|Allowed:-5000;5000 W] meter0[500 W] meter3[500 W]"
    )


def test_a_full_battery_allows_no_charging(edge: Build) -> None:
    found = edge(LOG, ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 1000, "initialSoc": 100}))
    assert found.log("ess0") == "SoC:100 %|L:0 W|Allowed:0;1000 W"


def test_a_controller_that_waits_for_its_hysteresis_is_in_the_line_and_the_sum_is_info(edge: Build) -> None:
    """As OpenEMS writes it, misspelled."""
    found = edge(
        LOG,
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 1000, "initialSoc": 50}),
        ("io0", "Simulator.IO.DigitalInputOutput", {}),
        (
            "ctrl0",
            "Controller.IO.ChannelSingleThreshold",
            {
                "inputChannelAddress": "ess0/ActivePower",
                "outputChannelAddress": "io0/InputOutput0",
                "threshold": 100,
            },
        ),
    ).after(5000)
    found.write("ess0/SetActivePowerEquals", 500).after(50_000)
    line = found.model.log_line
    assert line is not None
    text = line.text(found.simulation)
    assert " ctrl0[State:INFO: Would change State, but hystesis is active] " in text
    assert "_sum[State:Info " in text


def test_without_the_controller_or_with_one_that_is_off_nothing_is_logged(edge: Build) -> None:
    assert edge().model.log_line is None
    assert edge((*LOG[:2], {"enabled": False})).model.log_line is None


def test_without_a_battery_there_is_none_in_the_line(edge: Build) -> None:
    found = edge(LOG)
    line = found.model.log_line
    assert line is not None
    assert line.text(found.simulation) == "[ctrlDebugLog0] _sum[State:Ok Consumption:0 W]"
