"""Relays, and what keeps one on or off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.devices import DEVICES
from edge_tasks.light.engine.memory import Command
from edge_tasks.light.engine.state_machine import RelayController
from edge_tasks.light.wire.window import Window
from edge_tasks.openems.configuration import Component

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge, Part

MINUTE = 60_000


def _board(edge: Build, *, is_on: bool | None = None) -> Edge:
    fixed = (
        "fix0",
        "Controller.Io.FixDigitalOutput",
        {"outputChannelAddress": "io0/InputOutput1", "isOn": is_on},
    )
    board = ("io0", "Simulator.IO.DigitalInputOutput", {"numberOfOutputs": 3})
    return edge(board) if is_on is None else edge(board, fixed)


def test_a_board_has_as_many_relays_as_are_configured_and_tells_them_as_averages_only(edge: Build) -> None:
    found = _board(edge)
    outputs = {f"io0/InputOutput{number}": 0 for number in range(3)}
    assert {name: value for name, value in found.averages().items() if name in outputs} == outputs
    assert not outputs.keys() & found.values.keys()
    assert set(edge(("io1", "Simulator.IO.DigitalInputOutput", {})).model.plant.outputs) == {"io1/InputOutput0"}


def test_a_relay_stays_as_somebody_switched_it(edge: Build) -> None:
    found = _board(edge)
    found.simulation.command(Command("io0/InputOutput2", 1, 10_000))
    assert found.log("io0") == "--x"
    assert found.after(30 * MINUTE).log("io0") == "--x"
    found.simulation.command(Command("io0/InputOutput2", 0, found.simulation.now + 1000))
    assert found.log("io0") == "---"


def test_a_value_that_is_taken_away_switches_nothing(edge: Build) -> None:
    found = _board(edge).write("io0/InputOutput0", 1)
    found.simulation.command(Command("io0/InputOutput0", 0, found.simulation.now))
    assert found.log("io0") == "x--"


def test_its_average_is_as_it_was_switched_last(edge: Build) -> None:
    """A real edge of 2024.7.0 told 0 of five minutes in the last 13 seconds of which its relay was off."""
    found = _board(edge).write("io0/InputOutput0", 1).after(10 * MINUTE)
    window = Window(found.simulation)
    found.after(4 * MINUTE).write("io0/InputOutput0", 0).write("io0/InputOutput1", 1)
    averages = found.averages(window)
    assert (averages["io0/InputOutput0"], averages["io0/InputOutput1"]) == (0, 1)


@pytest.mark.parametrize("is_on", [True, False])
def test_a_fixed_relay_is_switched_back_and_its_time_is_counted(edge: Build, is_on: bool) -> None:  # noqa: FBT001 - a table
    found = _board(edge, is_on=is_on)
    for value in (0, 1):
        found.write("io0/InputOutput1", value)
        assert found.log("io0") == ("-x-" if is_on else "---")
    assert found.after(MINUTE).values["fix0/CumulatedActiveTime"] == (60 if is_on else 0)


def test_a_relay_that_is_not_there_is_not_switched(edge: Build) -> None:
    found = edge(
        ("fix0", "Controller.Io.FixDigitalOutput", {"outputChannelAddress": "io9/InputOutput9", "isOn": True})
    )
    assert "io9/InputOutput9" not in found.averages()


CONTROLLERS = {
    "Controller.Io.FixDigitalOutput": {"outputChannelAddress": "none9/InputOutput0"},
    "Controller.CHP.SoC": {"outputChannelAddress": "none9/InputOutput0", "inputChannelAddress": "ess0/Soc"},
    "Controller.IO.ChannelSingleThreshold": {
        "outputChannelAddress": ("none9/InputOutput0",),
        "inputChannelAddress": "ess0/Soc",
    },
    "Controller.IO.HeatingElement": {
        f"outputChannelPhaseL{number}": "none9/InputOutput0" for number in (1, 2, 3)
    },
}


def test_each_controller_of_relays_is_tried_here() -> None:
    made = {pid: device.role(Component("any0", pid, "any0", "", {})) for pid, device in DEVICES.devices.items()}
    assert {pid for pid, role in made.items() if isinstance(role, RelayController)} == set(CONTROLLERS)


@pytest.mark.parametrize("pid", list(CONTROLLERS))
def test_a_controller_without_its_relay_fails_and_says_so(edge: Build, pid: str) -> None:
    battery: Part = ("ess0", "Simulator.EssSymmetric.Reacting", {"initialSoc": 5})
    found = edge(("meter0", "Simulator.GridMeter.Reacting", {}), battery, ("any0", pid, CONTROLLERS[pid]))
    assert [found.values[name] for name in ("any0/RunFailed", "any0/State", "_sum/State")] == [1, 3, 3]
    assert found.log("any0") == "State:FAULT: Running the Controller failed"


@pytest.mark.parametrize(
    "watched", ["ess0/StartStop", "_cycle/MeasuredCycleTime", "ess0/_PropertyCapacity", "_evcs/State"]
)
def test_what_a_component_has_on_a_real_edge_is_not_missing(edge: Build, watched: str) -> None:
    battery: Part = ("ess0", "Simulator.EssSymmetric.Reacting", {})
    relays: Part = ("io0", "Simulator.IO.DigitalInputOutput", {"numberOfOutputs": 3})
    output = {"outputChannelAddress": ("io0/InputOutput0",), "inputChannelAddress": watched}
    found = edge(battery, relays, ("any0", "Controller.IO.ChannelSingleThreshold", output))
    assert (found.values["any0/RunFailed"], found.values["any0/State"]) == (0, 0)
