from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from edge_tasks.embedded import rpc
from edge_tasks.embedded.cache import ChannelCache
from edge_tasks.embedded.devices import Device, Devices, Write, new_version

if TYPE_CHECKING:
    from edge_tasks.embedded.cache import Value

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
    first, second = devices.connect(device, NOON), devices.connect(device, NOON)
    seen = []
    for cache in (first, second):
        devices.disconnect(device, cache)
        seen.append(device.online)
    assert seen == [True, False]
    assert devices.take_writes() == [Write(1, online=False, heard=True)]


def test_values_end_with_their_socket() -> None:
    device = Device(1, "edge0", "secret")
    devices = Devices([device])
    cache = devices.connect(device, NOON)
    cache.update(1000, {"a/B": 1})
    assert device.values(["a/B"]) == {"a/B": 1}
    devices.disconnect(device, cache)
    assert device.values(["a/B"]) == {"a/B": None}


def test_what_is_to_be_written_is_taken_once_and_can_be_put_back() -> None:
    first, second = Device(1, "edge0", "a"), Device(2, "edge1", "b")
    devices = Devices([first, second])
    devices.connect(second, NOON)
    devices.told_state(first, 2)
    writes = devices.take_writes()
    assert writes == [Write(1, level="warning"), Write(2, online=True, heard=True)]
    assert devices.take_writes() == []
    devices.told_state(first, 0)
    devices.put_back(writes)
    assert devices.take_writes() == [Write(1, level="ok"), Write(2, online=True, heard=True)]


def test_only_the_first_message_of_a_minute_is_written() -> None:
    device = Device(1, "edge0", "a")
    devices = Devices([device])
    devices.heard(device, NOON)
    assert devices.take_writes() == [Write(1, heard=True)]
    devices.heard(device, NOON + timedelta(seconds=59))
    assert devices.take_writes() == []
    devices.heard(device, NOON + timedelta(seconds=60))
    assert devices.take_writes() == [Write(1, heard=True)]


def test_of_two_rows_with_one_key_the_later_wins() -> None:
    later = Device(2, "edge1", "k")
    assert Devices([Device(1, "edge0", "k"), later]).by_key("k") is later


@pytest.mark.parametrize(
    ("state", "level"), [(0, "ok"), (1, "info"), (3, "fault"), (9, "fault"), (True, "fault"), (None, None)]
)
def test_a_state_becomes_a_level(state: Value, level: str | None) -> None:
    device = Device(1, "edge0", "a")
    Devices([device]).told_state(device, state)
    assert device.level == level


def test_a_version_is_new_when_it_is_one_and_differs() -> None:
    device = Device(1, "edge0", "a", version="2024.7.0")
    assert new_version(device, "2024.7.0") is None
    assert new_version(device, "2024.8.0-SNAPSHOT") == "2024.8.0-SNAPSHOT"
    assert new_version(device, "newest") is None
    assert new_version(device, None) is None


def test_an_older_value_never_replaces_a_newer_one() -> None:
    cache = ChannelCache()
    cache.update(2000, {"a/B": 1})
    cache.update(1000, {"a/B": 2, "a/C": 3})
    assert cache.values(["a/B", "a/C", "a/D"]) == {"a/B": 1, "a/C": None, "a/D": None}
    cache.update(3000, {"a/B": None})
    assert cache.values(["a/B"]) == {"a/B": None}


def test_an_aggregated_value_stands_in_for_a_channel_without_a_current_one() -> None:
    cache = ChannelCache()
    cache.update(2000, {"a/B": 1, "a/C": None})
    cache.update_aggregated(1000, {"a/B": 2, "a/C": 3, "a/D": 4})
    assert cache.values(["a/B", "a/C", "a/D"]) == {"a/B": 1, "a/C": None, "a/D": 4}


def test_values_older_than_a_quarter_of_an_hour_go_when_newer_ones_come() -> None:
    cache = ChannelCache()
    cache.update(1000, {"a/B": 1})
    cache.update(901_000, {"a/C": 2})
    assert cache.values(["a/B", "a/C"]) == {"a/B": 1, "a/C": 2}
    cache.update(1_801_001, {"a/D": 3})
    assert cache.values(["a/B", "a/C", "a/D"]) == {"a/B": None, "a/C": None, "a/D": 3}


def test_messages_are_told_apart() -> None:
    assert rpc.parse('{"jsonrpc":"2.0","method":"m","params":{"a":1}}') == rpc.Message("m", {"a": 1})
    assert rpc.parse('{"jsonrpc":"2.0","method":"m","id":"x"}') == rpc.Message("m", {}, "x")
    assert rpc.parse('{"jsonrpc":"2.0","id":"x","result":{}}') is None


@pytest.mark.parametrize("text", ["", "[]", "1", '{"a":1}', '{"method":1}', '{"method":"m","params":[]}'])
def test_other_texts_are_no_messages(text: str) -> None:
    with pytest.raises(rpc.InvalidMessageError):
        rpc.parse(text)


def test_a_refusal_names_its_request() -> None:
    body = orjson.loads(rpc.refusal("x", rpc.RpcError("No.")))
    assert body == {"jsonrpc": "2.0", "id": "x", "error": {"code": 1, "message": "No.", "data": ["No."]}}


def test_over_rest_an_error_keeps_nothing_but_its_text() -> None:
    error = rpc.over_rest(rpc.invisible())
    text = "Unable to get Response: JSON [name:{}] is not a String member"
    assert (error.code, error.message, error.data) == (1, text, [text])


def test_only_moments_are_read_and_the_oldest_first() -> None:
    params = {"1000": {"a/B": 1}, "then": {"a/B": 2}, "2000": 3, "-1": {}, "900": {"a/B": 0}}
    assert rpc.moments(params) == [(900, {"a/B": 0}), (1000, {"a/B": 1})]


@pytest.mark.parametrize(
    ("params", "code", "text"),
    [
        ({}, 5007, "JSON [channels:{}] is not JSON-Array"),
        ({"channels": "a/B"}, 5007, 'JSON [channels:{"channels":"a/B"}] is not JSON-Array'),
        ({"channels": [1]}, 5009, "JSON [1] is not a String"),
        ({"channels": ["meter0"]}, 1000, "This [meter0] is not a valid channel address"),
    ],
)
def test_a_wrong_parameter_is_refused_in_openems_words(params: dict[str, Any], code: int, text: str) -> None:
    with pytest.raises(rpc.RpcError) as caught:
        rpc.channels(params)
    assert (caught.value.code, caught.value.message) == (code, text)
