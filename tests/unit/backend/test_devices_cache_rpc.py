from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from edge_tasks.backend import json_rpc
from edge_tasks.backend.channel_cache import ChannelCache
from edge_tasks.backend.known_devices import Device, Devices, Write, new_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.backend.channel_cache import Value

NOON = 28_663_920  # minutes since 1970


@dataclass(eq=False)
class OpenSocket:
    cache: ChannelCache = field(default_factory=ChannelCache)

    def send(self, text: bytes) -> None:
        raise AssertionError(text)

    async def ask(self, user: Mapping[str, str], payload: Mapping[str, object]) -> dict[str, object]:
        return {"user": user, "payload": payload}


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
    sockets = (OpenSocket(), OpenSocket())
    for socket in sockets:
        devices.connect(device, socket, NOON)
    seen = []
    for socket in sockets:
        devices.disconnect(device, socket)
        seen.append((device.online, devices.online))
    assert seen == [(True, 1), (False, 0)]
    assert devices.take_writes() == [Write(1, online=False, heard=True)]


def test_values_end_with_their_socket() -> None:
    device = Device(1, "edge0", "secret")
    devices = Devices([device])
    socket = OpenSocket()
    devices.connect(device, socket, NOON)
    socket.cache.update(1000, {"a/B": 1})
    assert device.values(["a/B"]) == {"a/B": 1}
    devices.disconnect(device, socket)
    assert device.values(["a/B"]) == {"a/B": None}


def test_what_is_to_be_written_is_taken_once_and_can_be_put_back() -> None:
    first, second = Device(1, "edge0", "a"), Device(2, "edge1", "b")
    devices = Devices([first, second])
    devices.connect(second, OpenSocket(), NOON)
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
    devices.heard(device, NOON)
    assert devices.take_writes() == []
    devices.heard(device, NOON + 1)
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


def test_edges_that_send_the_same_channels_share_their_names_and_not_their_values() -> None:
    now = 1_720_000_000_000
    caches = [ChannelCache(), ChannelCache()]
    for number, cache in enumerate(caches):
        cache.update(now, {"a/B": number, "a/C": None})
        cache.update(now + 1000, {"a/B": number + 10, "later/D": number})
    addresses = ["a/B", "a/C", "later/D", "no/E"]
    assert [list(cache.values(addresses).values()) for cache in caches] == [
        [10, None, 0, None],
        [11, None, 1, None],
    ]
    caches[0].update(now + 1_000_000, {"a/C": 5})
    assert caches[0].values(addresses) == {"a/B": None, "a/C": 5, "later/D": None, "no/E": None}
    assert caches[1].values(["a/B"]) == {"a/B": 11}


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
    assert json_rpc.parse('{"jsonrpc":"2.0","method":"m","params":{"a":1}}') == json_rpc.Message("m", {"a": 1})
    assert json_rpc.parse('{"jsonrpc":"2.0","method":"m","id":"x"}') == json_rpc.Message("m", {}, "x")
    answer: dict[str, object] = {"jsonrpc": "2.0", "id": "x", "result": {}}
    assert json_rpc.parse(orjson.dumps(answer)) == json_rpc.Answer("x", answer)


@pytest.mark.parametrize("text", ["", "[]", "1", '{"a":1}', '{"method":1}', '{"method":"m","params":[]}'])
def test_other_texts_are_no_messages(text: str) -> None:
    with pytest.raises(json_rpc.InvalidMessageError):
        json_rpc.parse(text)


def test_a_configuration_is_read_once_for_all_edges_that_send_the_same() -> None:
    text = b'{"jsonrpc":"2.0","method":"edgeConfig","params":{"components":{}}}'
    assert json_rpc.params_of_config(text) == b'{"components":{}}'
    assert json_rpc.params_of_config(bytes(bytearray(text))) is json_rpc.params_of_config(text)


@pytest.mark.parametrize("number", ["x", "1", 'x"', None])
def test_a_request_over_rest_whose_id_is_not_a_uuid_is_refused(number: str | None) -> None:
    body: dict[str, Any] = {"method": "m", "params": {}, "id": number}
    if number is None:
        assert json_rpc.parse_request(orjson.dumps(body)).id
        return
    with pytest.raises(json_rpc.RpcError, match="is not a UUID member"):
        json_rpc.parse_request(orjson.dumps(body))


def test_what_a_request_carries_gets_an_id_as_it_does_itself() -> None:
    request = json_rpc.parse_request(b'{"method":"m","params":{"payload":{"method":"n"}}}')
    payload = request.params["payload"]
    assert isinstance(payload, dict)
    assert payload.keys() == {"method", "jsonrpc", "id"}


@pytest.mark.parametrize("name", ["edgeId", "payload"])
def test_a_missing_parameter_is_named(name: str) -> None:
    read = json_rpc.string if name == "edgeId" else json_rpc.member
    with pytest.raises(json_rpc.RpcError, match=rf"JSON \[{name}"):
        read({}, name)


def test_a_refusal_names_its_request() -> None:
    body = orjson.loads(json_rpc.refusal("x", json_rpc.RpcError("No.")))
    assert body == {"jsonrpc": "2.0", "id": "x", "error": {"code": 1, "message": "No.", "data": ["No."]}}


def test_over_rest_an_error_keeps_nothing_but_its_text() -> None:
    error = json_rpc.over_rest(json_rpc.invisible())
    text = "Unable to get Response: JSON [name:{}] is not a String member"
    assert (error.code, error.message, error.data) == (1, text, [text])


def test_only_moments_are_read_and_the_oldest_first() -> None:
    params = {"1000": {"a/B": 1}, "then": {"a/B": 2}, "2000": 3, "-1": {}, "900": {"a/B": 0}}
    assert json_rpc.moments(params) == [(900, {"a/B": 0}), (1000, {"a/B": 1})]


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
    with pytest.raises(json_rpc.RpcError) as caught:
        json_rpc.channels(params)
    assert (caught.value.code, caught.value.message) == (code, text)
