from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.light.engine.memory import Command
from edge_tasks.light.wire import requests
from edge_tasks.light.wire.config_changes import Change
from edge_tasks.light.wire.model import Model, model_of

if TYPE_CHECKING:
    from edge_tasks.openems import configuration

MOMENT = requests.Moment(1_000_000, "2026-11-24T12:00:00")


@pytest.fixture(scope="module")
def model(stock: configuration.Configuration) -> Model:
    return model_of(stock)


def _ask(model: Model, method: str, **params: Any) -> tuple[Any, requests.Effect]:
    payload = {"jsonrpc": "2.0", "id": "inner", "method": method, "params": params}
    user = {"id": "admin", "name": "Ada"}
    request = {"user": user, "payload": payload}
    message = {"jsonrpc": "2.0", "id": "outer", "method": "authenticatedRpc", "params": request}
    reply, effect = requests.answer(json.dumps(message).encode(), model, MOMENT)
    assert reply is not None
    found = json.loads(reply)
    assert (found["jsonrpc"], found["id"]) == ("2.0", "outer")
    return found, effect


def _component(model: Model, own_id: str, method: str, **params: Any) -> tuple[Any, requests.Effect]:
    payload = {"jsonrpc": "2.0", "id": "innermost", "method": method, "params": params}
    return _ask(model, "componentJsonApi", componentId=own_id, payload=payload)


def _result(reply: Any) -> Any:
    assert "error" not in reply
    return reply["result"]["payload"]["result"]


def test_an_answer_stands_in_the_wrapping_of_its_request(model: Model) -> None:
    reply, _ = _ask(model, "getEdgeConfig")
    assert reply["result"]["payload"] == {"jsonrpc": "2.0", "id": "inner", "result": model.config}
    reply, _ = _component(model, "_componentManager", "getEdgeConfig")
    assert reply["result"]["payload"] == {"jsonrpc": "2.0", "id": "innermost", "result": model.config}


@pytest.mark.parametrize(
    ("own_id", "method", "result"),
    [
        ("_host", "getNetworkConfig", {"interfaces": {}}),
        ("_host", "getSystemUpdateState", {"unknown": {}}),
        ("_appManager", "getApps", {"apps": []}),
        ("_appManager", "getAppInstances", {"instances": []}),
    ],
)
def test_what_the_ui_asks_of_singletons_is_answered(model: Model, own_id: str, method: str, result: Any) -> None:
    assert _result(_component(model, own_id, method, appId="App.Evcs.Keba")[0]) == result


def test_the_channels_of_a_component_are_listed_with_type_and_unit(model: Model) -> None:
    listed = _result(_component(model, "_componentManager", "getChannelsOfComponent", componentId="meter1")[0])
    found = {one["id"]: one for one in listed["channels"]}
    assert (found["ActivePower"]["unit"], found["ActivePower"]["accessMode"]) == ("W", "RW")
    assert found["ActiveProductionEnergy"]["type"] == "LONG"
    faults = _component(model, "_componentManager", "getStateChannelsOfComponent", componentId="meter1")[0]
    assert _result(faults)["channels"] == []
    faults = _component(model, "_componentManager", "getStateChannelsOfComponent", componentId="ctrlBalancing0")[
        0
    ]
    assert [one["id"] for one in _result(faults)["channels"]] == ["RunFailed"]
    one = _component(
        model, "_componentManager", "getChannel", componentId="ess0", channelId="SetActivePowerEquals"
    )
    assert _result(one[0])["channel"]["accessMode"] == "WO"


def test_the_relays_of_a_component_are_listed_as_digital_inputs(model: Model) -> None:
    """A widget of the UI's live page asks for them. A real edge of 2024.7.0 answered these records."""
    method = "getDigitalInputChannelsOfComponents"
    told = _result(_component(model, "_componentManager", method, componentIds=["io0", "meter0"])[0])
    relays, others = told["channelsPerComponent"]
    assert (relays["componentId"], others) == ("io0", {"componentId": "meter0", "channels": []})
    assert [one["id"] for one in relays["channels"]] == [f"InputOutput{number}" for number in range(6)]
    assert relays["channels"][0] == {
        "id": "InputOutput0",
        "accessMode": "RW",
        "persistencePriority": "LOW",
        "text": "",
        "type": "BOOLEAN",
        "unit": "",
        "category": "OPENEMS_TYPE",
    }


def test_a_factory_is_told_or_said_to_be_missing(model: Model) -> None:
    pid = "Simulator.GridMeter.Reacting"
    known = _component(model, "_componentManager", "getPropertiesOfFactory", factoryId=pid)[0]
    assert _result(known)["factory"] == model.config["factories"][pid]
    unknown = _component(model, "_componentManager", "getPropertiesOfFactory", factoryId="No.Such")[0]
    assert unknown["error"]["message"] == "Factory with id No.Such could not be found."


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("unheardOf", {}, 1),
        (
            "componentJsonApi",
            {"componentId": "meter1", "payload": {"id": "a", "method": "unheardOf", "params": {}}},
            1,
        ),
        ("componentJsonApi", {"componentId": "none9", "payload": {"id": "a", "method": "getApps"}}, 5003),
        ("componentJsonApi", {"componentId": "meter1"}, 5003),
        ("updateComponentConfig", {"componentId": "none9", "properties": []}, 2000),
        ("updateComponentConfig", {"componentId": "meter1"}, 5007),
        ("deleteComponentConfig", {}, 5010),
        ("createComponentConfig", {"factoryPid": "A", "properties": [{"name": "id", "value": "meter1"}]}, 1),
        ("createComponentConfig", {"factoryPid": "Core.Sum", "properties": []}, 1),
        ("setChannelValue", {"componentId": "meter0", "channelId": "ActivePower", "value": 1}, 1),
        ("setChannelValue", {"componentId": "meter1", "channelId": "ActivePower", "value": "much"}, 1),
    ],
)
def test_what_cannot_be_done_is_an_error_and_has_no_effect(
    model: Model, method: str, params: dict[str, Any], code: int
) -> None:
    reply, effect = _ask(model, method, **params)
    assert reply["error"]["code"] == code
    assert reply["error"]["data"]
    assert effect is None


@pytest.mark.parametrize("garbage", [b"", b"\xff", b"[]", b"1", b'{"id": 1, "result": {}}', b'{"method": "x"}'])
def test_what_is_not_a_request_is_not_answered(model: Model, garbage: bytes) -> None:
    assert requests.answer(garbage, model, MOMENT) == (None, None)


def test_a_request_of_another_kind_has_an_error(model: Model) -> None:
    reply, _ = requests.answer(b'{"id": 1, "method": "authenticatedRpc", "params": []}', model, MOMENT)
    assert reply is not None
    assert json.loads(reply)["error"]["code"] == 1


@pytest.mark.parametrize("component", ["", "_componentManager", "_host", "_energy", "ctrlApiModbusTcp0"])
def test_an_unknown_method_has_no_endpoint_as_a_real_edge_says(model: Model, component: str) -> None:
    reply, _ = _component(model, component, "unheardOf") if component else _ask(model, "unheardOf")
    text = 'Endpoint with method "unheardOf" is not defined!'
    assert reply["error"] == {"code": 1, "message": text, "data": [text]}


def test_a_written_value_holds_for_the_time_that_the_controller_has_it(model: Model) -> None:
    reply, effect = _ask(model, "setChannelValue", componentId="meter1", channelId="ActivePower", value=4000)
    assert _result(reply) == {}
    assert effect == Command("meter1/ActivePower", 4000, MOMENT.now + 60_000)
    for nothing in (None, ""):
        _, effect = _ask(model, "setChannelValue", componentId="meter1", channelId="ActivePower", value=nothing)
        assert effect == Command("meter1/ActivePower", 0, MOMENT.now)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (2**31 - 1, 2**31 - 1),
        (-(2**31), -(2**31)),
        (2**31, -(2**31)),
        (2**32, 0),
        (-(2**31) - 1, 2**31 - 1),
        (3 * 2**32 + 7, 7),
        (2**63 - 1, -1),
        (-(2**63), 0),
        (2**64 - 1, -1),
        (1e10, 1_410_065_408),
        (-1.9, -1),
        (True, 1),
        ("-4000", -4000),
        ("+5", 5),
    ],
)
def test_of_a_written_number_of_64_bits_an_edge_reads_the_last_32_as_java_does(
    model: Model, value: object, read: int
) -> None:
    _, effect = _ask(model, "setChannelValue", componentId="meter1", channelId="ActivePower", value=value)
    assert effect == Command("meter1/ActivePower", read, MOMENT.now + 60_000)


@pytest.mark.parametrize(
    ("value", "read"), [("true", 1), ("False", 0), ("TRUE", 1), (True, 1), (0, 0), (2**32, 0)]
)
def test_what_is_written_to_a_relay_is_a_flag(model: Model, value: object, read: int) -> None:
    _, effect = _ask(model, "setChannelValue", componentId="io0", channelId="InputOutput1", value=value)
    assert effect == Command("io0/InputOutput1", read, MOMENT.now + 60_000)


@pytest.mark.parametrize(
    ("version", "channel", "value"),
    [
        ("2024.7.0", "meter1/ActivePower", str(2**31)),
        ("2024.7.0", "meter1/ActivePower", "1" * 5000),
        ("2024.7.0", "meter1/ActivePower", "1_000"),
        ("2024.7.0", "meter1/ActivePower", " 5"),
        ("2024.7.0", "meter1/ActivePower", "1.5"),
        ("2024.7.0", "meter1/ActivePower", "true"),
        ("2024.7.0", "meter1/ActivePower", [1]),
        ("2026.1.0", "meter1/ActivePower", 2**31),
        ("2026.1.0", "meter1/ActivePower", -1e10),
        ("2024.7.0", "io0/InputOutput1", "1"),
        ("2024.7.0", "io0/InputOutput1", "on"),
    ],
)
def test_what_no_edge_can_read_is_refused(
    stock: configuration.Configuration, version: str, channel: str, value: object
) -> None:
    own_id, _, name = channel.partition("/")
    model = model_of(stock, version=version)
    reply, effect = _ask(model, "setChannelValue", componentId=own_id, channelId=name, value=value)
    assert reply["error"]["message"].startswith(f"Unable to set [{channel}] to [")
    assert effect is None


@pytest.mark.parametrize(("wanted", "found"), [({"subscribe": True}, True), ({"subscribe": False}, False)])
def test_the_log_is_subscribed_to_and_no_longer(model: Model, wanted: dict[str, bool], found: bool) -> None:  # noqa: FBT001 - a table
    assert _ask(model, "subscribeSystemLog", **wanted)[1] == requests.Subscription(found)


def _changed(model: Model, method: str, **params: Any) -> Model:
    reply, effect = _ask(model, method, **params)
    assert _result(reply) == {}
    assert isinstance(effect, Change)
    return model_of(effect.apply(model.configuration))


def test_a_changed_datasource_is_another_power_signed_by_who_changed_it(model: Model) -> None:
    values = [{"name": "values", "value": [4000]}, {"name": "service.pid", "value": "stolen"}]
    changed = _changed(model, "updateComponentConfig", componentId="datasource1", properties=values)
    assert dict(changed.plant.producers)["meter1"].values == (4000,)
    properties = changed.config["components"]["datasource1"]["properties"]
    assert (properties["values"], properties["_lastChangeBy"]) == ([4000], "admin: Ada")
    assert properties["_lastChangeAt"] == MOMENT.at


def test_a_property_that_is_taken_away_has_its_default_again_and_an_alias_is_given(model: Model) -> None:
    properties = [{"name": "timeDelta", "value": None}, {"name": "alias", "value": "Roof"}]
    changed = _changed(model, "updateComponentConfig", componentId="datasource1", properties=properties)
    entry = changed.config["components"]["datasource1"]
    assert (entry["alias"], entry["properties"]["timeDelta"]) == ("Roof", "-1"), "the default, as a text"


def test_a_sixth_meter_appears_and_goes(model: Model) -> None:
    properties = [{"name": "id", "value": "meter9"}, {"name": "datasource.id", "value": "datasource1"}]
    factory = "Simulator.ProductionMeter.Acting"
    more = _changed(model, "createComponentConfig", factoryPid=factory, properties=properties)
    assert [key for key, _ in more.plant.producers] == ["meter1", "meter2", "meter9"]
    less = _changed(more, "deleteComponentConfig", componentId="meter9")
    assert less.plant == model.plant


def test_a_singleton_takes_a_change_too(model: Model) -> None:
    properties = [{"name": "enablePid", "value": False}]
    changed = _changed(model, "updateComponentConfig", componentId="_power", properties=properties)
    assert changed.plant.gains is None
