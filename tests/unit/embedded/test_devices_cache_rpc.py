from __future__ import annotations

from datetime import datetime

import orjson
import pytest

from edge_tasks.embedded import rpc
from edge_tasks.embedded.cache import ChannelCache
from edge_tasks.embedded.devices import Device, Devices, new_version

NOON = datetime(2024, 7, 1, 12)  # noqa: DTZ001 - as Odoo keeps it: UTC without a time zone


def test_a_key_is_found_with_blanks_around_it() -> None:
    device = Device(1, "edge0", "secret")
    devices = Devices([device])
    assert devices.by_key("  secret ") is device
    assert devices.by_key("other") is None
    assert devices.by_key(None) is None
    assert "secret" not in repr(device)


def test_an_edge_with_two_sockets_is_online_until_the_last_one_closes() -> None:
    device = Device(1, "edge0", "secret")
    devices = Devices([device])
    devices.connect(device)
    devices.connect(device)
    devices.disconnect(device)
    assert device.online
    devices.disconnect(device)
    assert not device.online


def test_what_changed_is_taken_once_and_can_be_put_back() -> None:
    first, second = Device(1, "edge0", "a"), Device(2, "edge1", "b")
    devices = Devices([first, second])
    devices.connect(second)
    devices.heard(first, NOON, 2)
    assert (first.lastmessage, first.level) == (NOON, "warning")
    assert devices.take_changed() == [first, second]
    assert devices.take_changed() == []
    devices.put_back([second])
    assert devices.take_changed() == [second]


def test_of_two_rows_with_one_key_the_later_wins() -> None:
    later = Device(2, "edge1", "k")
    assert Devices([Device(1, "edge0", "k"), later]).by_key("k") is later


@pytest.mark.parametrize(("state", "level"), [(0, "ok"), (1, "info"), (3, "fault"), (9, None), (True, None)])
def test_a_state_becomes_a_level(state: object, level: str | None) -> None:
    device = Device(1, "edge0", "a")
    Devices([device]).heard(device, NOON, state)
    assert device.level == level


def test_a_version_is_new_when_it_is_one_and_differs() -> None:
    device = Device(1, "edge0", "a", version="2024.7.0")
    assert new_version(device, "2024.7.0") is None
    assert new_version(device, "2024.8.0-SNAPSHOT") == "2024.8.0-SNAPSHOT"
    assert new_version(device, "newest") is None
    assert new_version(device, None) is None


def test_an_older_value_never_replaces_a_newer_one() -> None:
    cache = ChannelCache()
    cache.update("edge0", 2000, {"a/B": 1})
    cache.update("edge0", 1000, {"a/B": 2, "a/C": 3})
    assert cache.values("edge0", ["a/B", "a/C", "a/D"]) == {"a/B": 1, "a/C": 3, "a/D": None}
    cache.update("edge0", 3000, {"a/B": None})
    assert cache.values("edge0", ["a/B"]) == {"a/B": None}
    assert cache.values("edge1", ["a/B"]) == {"a/B": None}


def test_messages_are_told_apart() -> None:
    assert rpc.parse('{"jsonrpc":"2.0","method":"m","params":{"a":1}}') == rpc.Message("m", {"a": 1})
    assert rpc.parse('{"jsonrpc":"2.0","method":"m","id":"x"}') == rpc.Message("m", {}, "x")
    assert rpc.parse('{"jsonrpc":"2.0","id":"x","result":{}}') is None


@pytest.mark.parametrize("text", ["", "[]", "1", '{"a":1}', '{"method":1}', '{"method":"m","params":[]}'])
def test_other_texts_are_no_messages(text: str) -> None:
    with pytest.raises(rpc.InvalidMessageError):
        rpc.parse(text)


def test_a_refusal_names_its_request() -> None:
    body = orjson.loads(rpc.refusal(rpc.Message("m", {}, "x"), rpc.RpcError("No.")))
    assert body == {"jsonrpc": "2.0", "id": "x", "error": {"code": 1, "message": "No.", "data": ["No."]}}


def test_only_moments_are_read() -> None:
    params = {"1000": {"a/B": 1}, "then": {"a/B": 2}, "2000": 3, "-1": {}}
    assert list(rpc.moments(params)) == [(1000, {"a/B": 1})]


def test_components_are_readable_lines() -> None:
    config = {"components": {"meter0": {"alias": "Grid", "factoryId": "Meter", "properties": {"b": 1, "a": 2}}}}
    assert rpc.component_lines(config) == "meter0 [Meter] Grid: a=2, b=1"
    assert rpc.component_lines({}) == ""
