from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.light.engine.memory import Command
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire import resend
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.light.wire.window import windows
from edge_tasks.openems import configuration

BEGAN = 1_795_471_800_000
HOUR = 3_600_000


def _json(channels: bytes) -> dict[str, Any]:
    return dict(json.loads(b"{%b}" % channels))


def _edge(stock: configuration.Configuration) -> tuple[Model, Simulation, ChannelValues]:
    model = model_of(stock)
    simulation = Simulation(model.plant, BEGAN)
    return model, simulation, ChannelValues(model.channels, simulation)


@settings(deadline=None, max_examples=40)
@given(
    widths=st.lists(st.integers(1, 600_000), min_size=1, max_size=12),
    written=st.lists(st.none() | st.integers(-9000, 9000), min_size=12, max_size=12),
)
def test_all_changes_together_are_everything(
    stock: configuration.Configuration, widths: list[int], written: list[int | None]
) -> None:
    model, simulation, values_sent = _edge(stock)
    known = _json(values_sent.everything())
    for width, value in zip(widths, written, strict=False):
        if value is not None:
            simulation.command(Command("ess0/SetActivePowerEquals", value, simulation.now + width // 2))
        simulation.advance(simulation.now + width)
        known |= _json(values_sent.changes())
    assert known == _json(ChannelValues(model.channels, simulation).everything())


def test_nothing_is_told_twice(stock: configuration.Configuration) -> None:
    _, simulation, values_sent = _edge(stock)
    values_sent.everything()
    assert values_sent.changes() == b""
    simulation.advance(BEGAN + 60_000)
    assert values_sent.changes()
    assert values_sent.changes() == b""


def test_a_component_of_any_name_is_told_as_it_is_called(stock: configuration.Configuration) -> None:
    odd = configuration.Component('m%d"\\', "Simulator.GridMeter.Reacting", "x", "", {})
    model = model_of(configuration.Configuration((*stock.components, odd), ()))
    values = _json(ChannelValues(model.channels, Simulation(model.plant, 0)).everything())
    assert 'm%d"\\/ActivePower' in values


def test_windows_follow_one_another_and_their_averages_are_the_energies(
    stock: configuration.Configuration,
) -> None:
    model, simulation, _ = _edge(stock)
    found = list(windows(simulation, model.channels, BEGAN + 2 * HOUR))
    assert [start for start, _ in found] == list(range(BEGAN, BEGAN + 2 * HOUR, 300_000))
    values = [_json(text) for _, text in found]
    charged = sum(-one["ess0/ActivePower"] for one in values) / 12
    assert abs(charged - values[-1]["ess0/ActiveChargeEnergy"]) <= 1
    assert values[0]["ess0/Soc"] < values[5]["ess0/Soc"] <= 100


def test_what_was_not_heard_is_simulated_again(stock: configuration.Configuration) -> None:
    model, simulation, _ = _edge(stock)
    simulation.advance(BEGAN + 400_000)
    memory = simulation.memory()
    messages = list(resend.unheard(model, memory, [None] * 3, BEGAN + 1_500_000))
    again = Simulation(model.plant, BEGAN)
    again.advance(BEGAN + 600_000)
    expected = list(windows(again, model.channels, BEGAN + 1_500_000))
    params = [json.loads(message)["params"] for message in messages]
    assert [list(one) for one in params] == [[str(BEGAN + at)] for at in range(300_000, 1_500_000, 300_000)]
    assert [one[str(start)] for one, (start, _) in zip(params[1:], expected, strict=True)] == [
        _json(text) for _, text in expected
    ]
    assert all(json.loads(message)["method"] == "resendData" for message in messages)


def test_what_is_older_than_a_day_is_lost_and_counted(stock: configuration.Configuration) -> None:
    model, simulation, _ = _edge(stock)
    memory, until = simulation.memory(), BEGAN + 30 * HOUR
    assert len(list(resend.unheard(model, memory, [None] * 3, until))) == 24 * 12
    assert resend.lost(memory, until) == 6 * 12
    assert resend.lost(memory, BEGAN + HOUR) == 0
