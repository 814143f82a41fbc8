"""What a light edge says of the stock template, against what a real edge of 2024.7.0 said of it."""

from __future__ import annotations

from typing import Any

from edge_tasks.light import channels, components, edge_config, simulation


def _config(recorded: list[dict[str, Any]]) -> Any:
    return next(one["params"] for one in recorded if one.get("method") == "edgeConfig")


def _full(recorded: list[dict[str, Any]]) -> dict[str, Any]:
    data = [one["params"] for one in recorded if one.get("method") == "timestampedData"]
    sets = [values for params in data for values in params.values()]
    return max(reversed(sets), key=len)


def _channels(stock: components.Configuration) -> dict[str, channels.Value]:
    model = simulation.Simulation(simulation.plant_of(stock.components), 0)
    return channels.constant(stock.components) | channels.changing(model)


def test_components_and_factories_are_the_recorded_ones(
    stock: components.Configuration, recorded: list[dict[str, Any]]
) -> None:
    ours, theirs = edge_config.edge_config(stock.components), _config(recorded)
    assert set(ours["components"]) - {"rrd4j0"} == set(theirs["components"])
    for key, component in theirs["components"].items():
        assert ours["components"][key]["factoryId"] == component["factoryId"]
        assert ours["components"][key]["alias"] == component["alias"]
    assert set(ours["factories"]) - {"Timedata.Rrd4j"} == set(theirs["factories"])
    for pid, factory in theirs["factories"].items():
        assert ours["factories"][pid]["natureIds"] == factory["natureIds"]


def test_properties_keep_their_types_and_their_secrets(stock: components.Configuration) -> None:
    ours = edge_config.edge_config(stock.components)["components"]
    assert ours["ctrlBackend0"]["properties"]["apikey"] == "xxx"
    assert ours["datasource0"]["properties"]["values"] == [500]
    names = {name for one in ours.values() for name in one["properties"]}
    assert not {name for name in names if name == "id" or name.startswith("service.") or name.endswith(".target")}


def test_every_channel_is_recorded_with_its_type(
    stock: components.Configuration, recorded: list[dict[str, Any]]
) -> None:
    theirs = _full(recorded)
    for name, value in _channels(stock).items():
        if name.startswith("rrd4j0/"):  # the recorded edge had no rrd4j0
            continue
        assert name in theirs
        if value is not None and theirs[name] is not None:
            assert type(value) is type(theirs[name]), name


def test_the_settled_recording_has_our_values(
    stock: components.Configuration, recorded: list[dict[str, Any]]
) -> None:
    ours, theirs = _channels(stock), _full(recorded)
    for name in ("_sum/ConsumptionActivePower", "_sum/ProductionActivePower", "_sum/EssActivePower"):
        assert ours[name] == theirs[name]
    for name in ("meter0/ActivePower", "meter1/ActivePowerL1", "meter2/ActivePowerL1", "ess0/ActivePower"):
        assert ours[name] == theirs[name]
    assert (ours["_sum/State"], ours["_meta/Version"], ours["_sum/EssSoc"]) == (0, "2024.7.0", 30)


def test_an_edge_without_devices_knows_nothing_of_the_grid() -> None:
    values = channels.changing(simulation.Simulation(simulation.plant_of([]), 0))
    assert values["_sum/GridActivePower"] is None
    assert values["_sum/EssSoc"] is None
