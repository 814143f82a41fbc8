"""What a light edge says of the stock template, against what a real edge of 2024.7.0 said of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire import edge_config
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.light.wire.window import windows
from edge_tasks.openems import configuration

START = 1_795_471_736_000
"""The first recorded cycle in which the battery has a power."""
UNCOUNTED = ("Energy", "CumulatedTime", "CumulatedActiveTime")
"""The recorded edge had no rrd4j0, so it counted no energies and no times."""
CONFIGURED = ("/_PropertyPort", "/_PropertyUri", "/_PropertyForceChargePower")
"""The recorded edge's template had other ports; of a number that is left empty, no file says that it is one."""
STARTING = ("/State", "/RunFailed", "/ConfigNotActivated", "_sum/GridMinActivePower")
"""What the recorded edge said of its own start: components that were not up yet, and started again at 8 s."""


def _config(recorded: list[dict[str, Any]]) -> Any:
    return next(one["params"] for one in recorded if one.get("method") == "edgeConfig")


def _full(recorded: list[dict[str, Any]]) -> dict[str, Any]:
    data = [one["params"] for one in recorded if one.get("method") == "timestampedData"]
    sets = [values for params in data for values in params.values()]
    return max(reversed(sets), key=len)


@pytest.fixture(scope="module")
def model(stock: configuration.Configuration) -> Model:
    return model_of(stock)


def _json(channels: bytes) -> dict[str, Any]:
    return dict(json.loads(b"{%b}" % channels))


def _settled(model: Model) -> dict[str, Any]:
    simulation = Simulation(model.plant, START)
    simulation.advance(START + 60_000)
    return _json(ChannelValues(model.channels, simulation).everything())


def _comparable(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if name in names and not name.endswith((*UNCOUNTED, *CONFIGURED, *STARTING))
    }


def test_components_and_factories_are_the_recorded_ones(
    stock: configuration.Configuration, recorded: list[dict[str, Any]]
) -> None:
    ours, theirs = edge_config.edge_config(stock.components), _config(recorded)
    assert set(ours["components"]) - {"rrd4j0"} == set(theirs["components"])
    for key, component in theirs["components"].items():
        assert ours["components"][key]["factoryId"] == component["factoryId"]
        assert ours["components"][key]["alias"] == component["alias"]
    assert set(ours["factories"]) - {"Timedata.Rrd4j"} == set(theirs["factories"])
    for pid, factory in theirs["factories"].items():
        assert ours["factories"][pid]["natureIds"] == factory["natureIds"]


def test_properties_keep_their_types_and_their_secrets(stock: configuration.Configuration) -> None:
    ours = edge_config.edge_config(stock.components)["components"]
    assert ours["ctrlBackend0"]["properties"]["apikey"] == "xxx"
    assert ours["datasource0"]["properties"]["values"] == [500]
    names = {name for one in ours.values() for name in one["properties"]}
    assert not {name for name in names if name == "id" or name.startswith("service.") or name.endswith(".target")}


def test_every_channel_is_recorded_with_its_type(model: Model, recorded: list[dict[str, Any]]) -> None:
    theirs = _full(recorded)
    for name, value in _settled(model).items():
        if name.startswith("rrd4j0/"):  # the recorded edge had no rrd4j0
            continue
        assert name in theirs
        if value is not None and theirs[name] is not None:
            assert type(value) is type(theirs[name]), name


def test_every_recorded_channel_is_told_but_properties_of_other_components(
    model: Model, recorded: list[dict[str, Any]]
) -> None:
    ours = _settled(model)
    missing = [name for name in _full(recorded) if name not in ours]
    assert [name for name in missing if "/_Property" not in name] == []


def test_the_settled_recording_has_our_values(model: Model, recorded: list[dict[str, Any]]) -> None:
    ours, theirs = _settled(model), _full(recorded)
    names = set(ours) & set(theirs) - {name for name in ours if name.endswith("Soc")}
    assert _comparable(ours, names) == _comparable(theirs, names)


def test_cycle_by_cycle_a_light_edge_says_what_the_recorded_one_said(
    model: Model, recorded: list[dict[str, Any]]
) -> None:
    """450 s with the battery's filter at work, its charge, and two full sets."""
    simulation = Simulation(model.plant, START)
    values_sent = ChannelValues(model.channels, simulation)
    names = set(_json(values_sent.everything()))
    compared, cycle = 0, START
    for message in recorded:
        if message.get("method") != "timestampedData":
            continue
        for moment, values in message["params"].items():
            cycle = int(moment) - 1000
            theirs = values
        if not message["params"]:
            theirs = {}
        cycle += 1000  # an empty message has no cycle: it is the next one
        if cycle <= START:
            continue
        simulation.advance(cycle)
        full = len(theirs) > 600
        ours = _json(values_sent.everything() if full else values_sent.changes())
        names_now = names & set(theirs) if full else names
        assert _comparable(ours, names_now) == _comparable(theirs, names_now), cycle
        compared += 1
    assert compared == 450


def test_the_recorded_five_minutes_have_our_averages(model: Model, recorded: list[dict[str, Any]]) -> None:
    ((window, theirs),) = [
        (int(moment), values)
        for one in recorded
        if one.get("method") == "aggregatedData"
        for moment, values in one["params"].items()
        if int(moment) > START
    ]
    simulation = Simulation(model.plant, START)
    simulation.advance(window)
    ((found, text),) = windows(simulation, model.channels, window + 300_000)
    ours = _json(text)
    assert found == window
    names = set(ours) & set(theirs)
    assert len(names) > 50
    assert _comparable(ours, names) == _comparable(theirs, names)


def test_an_edge_without_devices_knows_nothing_of_the_grid() -> None:
    values = _settled(model_of(configuration.Configuration((), ())))
    assert values["_sum/GridActivePower"] is None
    assert values["_sum/EssSoc"] is None
