"""The stand-in backend as its own process, with real sockets and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from picows import WSListener, WSMsgType, ws_connect

from tests.integration.stand_in import (
    LOGIN,
    PASSWORD,
    USER,
    Running,
    add,
    basic,
    cell,
    command,
    config_of,
    connected,
    key,
    notification,
    online,
    play,
    rest,
    running,
    until,
)
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

PING_S = 0.3


def test_an_edge_is_online_from_its_first_socket_to_its_last(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        assert not await online(session, backend, "edge0")
        first = await session.ws_connect(backend.edge, headers=key("edge0"))
        second = await connected(session, backend, "edge0")
        with pytest.raises(asyncio.TimeoutError):
            await first.receive(timeout=0.2)
        await second.close()
        await asyncio.sleep(0.2)
        assert await online(session, backend, "edge0")

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)
        backend.stop()
        text = backend.log.read_text()
    assert "stand-in" in text.splitlines()[0]
    assert "KEY-" not in text


@pytest.mark.parametrize("headers", [{}, {"apikey": "wrong"}])
def test_an_unknown_key_is_dropped_without_a_close_frame(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection, headers: dict[str, str]
) -> None:
    lines = [
        "GET / HTTP/1.1",
        "Host: x",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
    ]
    lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
    add(device_table, "edge0")
    config = config_of(postgres)
    with (
        running(tmp_path, config),
        socket.create_connection(("127.0.0.1", config["edge_port"]), LONG_S) as raw,
    ):
        raw.sendall("\r\n".join(lines).encode())
        received = b""
        while part := raw.recv(4096):
            received += part
    assert received.startswith(b"HTTP/1.1 101 ")
    assert received.endswith(b"\r\n\r\n")


async def asked(edge: aiohttp.ClientWebSocketResponse[bool], method: str) -> dict[str, Any]:
    """The answer to a request; with it, everything sent before has been taken over."""
    await edge.send_str(json.dumps({"jsonrpc": "2.0", "id": "i", "method": method, "params": {}}))
    answer: dict[str, Any] = json.loads((await edge.receive(LONG_S)).data)
    assert answer["id"] == "i"
    error: dict[str, Any] = answer["error"]
    return error


def test_values_are_there_as_long_as_the_socket_and_the_newest_wins(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    channels = ["m/P", "m/E", "m/None"]

    async def values(session: aiohttp.ClientSession, backend: Running) -> Any:
        body = await rest(session, backend, "getEdgesChannelsValues", ids=["edge0"], channels=channels)
        return body["result"]["edge0"]

    async def gone(session: aiohttp.ClientSession, backend: Running) -> bool:
        return bool(await values(session, backend) == dict.fromkeys(channels))

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await session.ws_connect(backend.edge, headers=key("edge0"))
        await edge.send_str(notification("timestampedData", {"2000": {"m/P": 3000}}))
        await edge.send_str(notification("timestampedData", {"1000": {"m/P": 1}}))
        await edge.send_str(notification("aggregatedData", {"1000": {"m/P": 2, "m/E": 5}}))
        await edge.send_str(notification("resendData", {"3000": {"m/P": 3}}))
        await edge.send_str("nonsense")
        error = {"code": 1, "message": "No AppCenter Metadata provided."}
        assert (await asked(edge, "appCenter")).items() >= error.items()
        assert (await asked(edge, "other"))["message"] == "Unhandled JSON-RPC method [other]"
        assert await values(session, backend) == {"m/P": 3000, "m/E": 5, "m/None": None}
        await edge.close()
        await until(lambda: gone(session, backend))

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)


def test_state_version_and_connection_reach_the_table(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await session.ws_connect(backend.edge, headers=key("edge0"))
        values = {"_sum/State": 2, "_meta/Version": "2024.7.0"}
        await edge.send_str(notification("timestampedData", {"2000": values}))
        await until(lambda: is_cell("openems_sum_state_level", "warning"))
        assert await is_cell("openems_is_connected", value=True)
        await edge.close()
        await until(lambda: is_cell("openems_is_connected", value=False))

    async def is_cell(column: str, value: object) -> bool:
        return bool(cell(device_table, column) == value)

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres, flush_seconds=0.2)) as backend:
        play(backend, scenario)
    assert cell(device_table, "openems_version") == "2024.7.0"
    age = cell(device_table, "extract(epoch FROM now() AT TIME ZONE 'UTC' - lastmessage)::float")
    assert 0 <= age < 600, "not hours, as if one of the two were no UTC"


def test_a_config_is_stored_and_noted_only_when_it_differs(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    def config(name: str) -> dict[str, Any]:
        component = {"alias": "Grid", "factoryId": "M", "properties": {"a": 1}}
        return {"components": {name: component}, "factories": {"M": {"natureIds": []}}}

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await session.ws_connect(backend.edge, headers=key("edge0"))
        for name in ("meter0", "meter0", "meter1"):
            await edge.send_str(notification("edgeConfig", config(name)))
        await until(is_stored)

    async def is_stored() -> bool:
        return "meter1" in (cell(device_table, "openems_config") or "")

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)
    assert json.loads(cell(device_table, "openems_config")) == config("meter1")
    assert json.loads(cell(device_table, "openems_config_components")) == config("meter1")["components"]
    rows = device_table.execute(
        "SELECT device_id, teaser, create_uid, write_date FROM openems_openemsconfigupdate ORDER BY id"
    ).fetchall()
    changed = "Deleted meter0 (M): a [was:1]\nCreated meter1 (M): a=1\n"
    assert rows == [(1, "Created meter0 (M): a=1\n", None, None), (1, changed, None, None)]


def test_one_unknown_or_archived_edge_fails_the_whole_call_in_openems_words(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def refused(session: aiohttp.ClientSession, backend: Running, method: str, **params: object) -> str:
        body = await rest(session, backend, method, **params)
        text = body["error"]["message"]
        assert body == {
            "jsonrpc": "2.0",
            "id": "00000000-0000-0000-0000-000000000000",
            "error": {"code": 1, "message": text, "data": [text]},
        }
        return str(text).removeprefix("Unable to get Response: ")

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        add(device_table, "edge3")
        invisible = "JSON [name:{}] is not a String member"
        for other, words in (
            ("edge1", invisible),
            ("edge2", invisible),
            ("edge9", invisible),
            ("edge3", "Unable to find edge with id [edge3]"),
        ):
            assert await refused(session, backend, "getEdgesStatus", edgeIds=["edge0", other]) == words
        assert await refused(session, backend, "getEdges") == "Unhandled JSON-RPC method [getEdges]"
        words = 'JSON [edgeIds:{"edgeIds":"edge0"}] is not JSON-Array'
        assert await refused(session, backend, "getEdgesStatus", edgeIds="edge0") == words

    add(device_table, "edge0")
    add(device_table, "edge1", active=None)
    add(device_table, "edge2", active=False)
    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)


def test_a_row_set_active_is_visible_at_once_and_stays_so(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        held = await session.ws_connect(backend.edge, headers=key("edge1"))
        assert "error" in await rest(session, backend, "getEdgesStatus", edgeIds=["edge1"])
        for active in (True, False):
            device_table.execute("UPDATE openems_device SET active = %s", (active,))
            assert await online(session, backend, "edge1")
        assert not held.closed

    add(device_table, "edge1", active=None)
    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)


@pytest.mark.parametrize(("version", "status"), [("2024.7.0", 200), ("2025.6.0", 400)])
def test_a_wrong_login_is_a_server_error_and_another_method_than_post_an_answer(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection, version: str, status: int
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        for login in ({}, basic(USER, "wrong"), basic("x", PASSWORD)):
            async with session.post(backend.rest, json={}, headers=login) as answer:
                assert answer.status == 500
        async with session.get(backend.rest, headers=LOGIN) as answer:
            assert answer.status == status
            assert "Method [GET] is not supported" in (await answer.json())["error"]["message"]
        async with session.get(backend.console.split("system")[0]) as answer:
            assert "not OpenEMS" in await answer.text()

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres, openems_version=version)) as backend:
        play(backend, scenario)


def test_activation_drops_every_edge_and_reads_the_table_again(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await connected(session, backend, "edge0")
        add(device_table, "edge1")
        late = await session.ws_connect(backend.edge, headers=key("edge1"))
        assert (await late.receive(LONG_S)).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE}
        assert late.close_code == 1006
        async with session.post(backend.console) as answer:
            assert answer.status == 401
        receiving = asyncio.ensure_future(edge.receive(LONG_S))
        async with session.post(backend.console, headers=LOGIN, data={"apply": "true"}) as answer:
            assert answer.status == 200
        await receiving
        assert edge.close_code == 1001
        held = await connected(session, backend, "edge1")
        assert not await online(session, backend, "edge0")
        assert not held.closed

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)


def test_an_edge_that_comes_while_the_devices_are_read_loses_no_word(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        with device_table.transaction():
            device_table.execute("LOCK TABLE openems_device")
            activating = asyncio.ensure_future(session.post(backend.console, headers=LOGIN))
            await until(is_reading)
            edge = await session.ws_connect(backend.edge, headers=key("edge0"))
            wrong = await session.ws_connect(backend.edge, headers={"apikey": "wrong"})
            for second in (1, 2):
                await edge.send_str(notification("timestampedData", {f"{second}000": {"m/P": second}}))
            await asyncio.sleep(0.3)
            assert not activating.done()
        (await activating).release()
        await asked(edge, "barrier")
        body = await rest(session, backend, "getEdgesChannelsValues", ids=["edge0"], channels=["m/P"])
        assert body["result"]["edge0"] == {"m/P": 2}
        await wrong.receive(LONG_S)
        assert wrong.close_code == 1006

    async def is_reading() -> bool:
        """The backend waits for the table."""
        return device_table.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is not None

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)


def test_a_message_in_parts_is_one_message(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        url = backend.edge.replace("http", "ws")
        edge, _ = await ws_connect(WSListener, url, extra_headers=key("edge0"))
        text = notification("timestampedData", {"1000": {"m/P": 7}}).encode()
        edge.send(WSMsgType.TEXT, text[:20], fin=False)
        edge.send(WSMsgType.CONTINUATION, text[20:40], fin=False)
        edge.send_ping()
        edge.send(WSMsgType.CONTINUATION, text[40:])

        async def is_there() -> bool:
            body = await rest(session, backend, "getEdgesChannelsValues", ids=["edge0"], channels=["m/P"])
            return bool(body["result"]["edge0"]["m/P"] == 7)

        await until(is_there)
        edge.disconnect()
        await edge.wait_disconnected()

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)


def test_a_stop_says_good_bye_and_writes_who_went_offline(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edges = [await session.ws_connect(backend.edge, headers=key("edge0")) for _ in range(20)]
        await until(lambda: online(session, backend, "edge0"))
        await edges[0].send_str(notification("timestampedData", {"1": {}}))
        await asked(edges[0], "barrier")
        stopping = asyncio.get_running_loop().run_in_executor(None, backend.stop)
        messages = await asyncio.gather(*(edge.receive(LONG_S) for edge in edges))
        assert {(message.type, message.data) for message in messages} == {(aiohttp.WSMsgType.CLOSE, 1001)}
        await stopping

    add(device_table, "edge0")
    device_table.execute("UPDATE openems_device SET openems_is_connected = TRUE")
    with running(tmp_path, config_of(postgres)) as backend:
        assert cell(device_table, "openems_is_connected") is False
        play(backend, scenario)
    assert cell(device_table, "openems_is_connected") is False
    assert cell(device_table, "lastmessage") is not None


def test_a_stop_waits_for_a_database_that_is_slow(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await connected(session, backend, "edge0")
        with device_table.transaction():
            device_table.execute("LOCK TABLE openems_device")
            stopping = asyncio.get_running_loop().run_in_executor(None, backend.stop)
            assert (await edge.receive(LONG_S)).type == aiohttp.WSMsgType.CLOSE
            await asyncio.sleep(1.5)  # longer than a database takes that is not busy
        await stopping

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)
    assert cell(device_table, "lastmessage") is not None


def test_an_edge_that_does_not_pong_is_dropped(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        dumb = await session.ws_connect(backend.edge, headers=key("edge0"), autoping=False)
        assert (await dumb.receive(LONG_S)).type == aiohttp.WSMsgType.PING
        await until(lambda: offline(session, backend, "edge0"))
        await until(lambda: stays_when_it_pongs(session, backend))

    async def stays_when_it_pongs(session: aiohttp.ClientSession, backend: Running) -> bool:
        """For four pings; False if one of the two was held up for so long that it had to be dropped."""
        ponged, slowest = time.monotonic(), 0.0
        good = await session.ws_connect(backend.edge, headers=key("edge1"), autoping=False)
        for _ in range(4):
            heard = await good.receive(LONG_S)
            slowest, ponged = max(slowest, time.monotonic() - ponged), time.monotonic()
            if heard.type != aiohttp.WSMsgType.PING:
                assert slowest > 1.3 * PING_S, "it was dropped although it had answered each ping"
                return False
            with suppress(ConnectionError):
                await good.pong(heard.data)
        return await online(session, backend, "edge1")

    async def offline(session: aiohttp.ClientSession, backend: Running, name: str) -> bool:
        return not await online(session, backend, name)

    add(device_table, "edge0", "edge1")
    with running(tmp_path, config_of(postgres, ping_seconds=PING_S)) as backend:
        play(backend, scenario)


@pytest.mark.parametrize(
    "change", [{"password": "wrong"}, {"dbname": "postgres"}, {"dbname": "none"}, {"port": 1}]
)
def test_without_a_device_table_the_port_opens_and_every_edge_is_refused(
    tmp_path: Path, postgres: PostgresServer, change: dict[str, object]
) -> None:
    config = config_of(postgres)
    config["database"].update(change)

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await session.ws_connect(backend.edge, headers=key("edge0"))
        await edge.receive(LONG_S)
        assert edge.close_code == 1006

    with running(tmp_path, config) as backend:
        play(backend, scenario)
        backend.stop()
        assert backend.log.read_text().count("ERROR") == 1


def test_lost_connections_to_the_database_come_back(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await connected(session, backend, "edge0")
        device_table.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%stand-in%'"
        )
        await edge.send_str(notification("edgeConfig", {"components": {}}))
        await edge.send_str(notification("timestampedData", {"1": {"_sum/State": 3}}))
        await until(written)
        assert await online(session, backend, "edge0")
        assert not edge.closed

    async def written() -> bool:
        fault = cell(device_table, "openems_sum_state_level") == "fault"
        return fault and cell(device_table, "openems_config") is not None

    add(device_table, "edge0")
    with running(tmp_path, config_of(postgres, flush_seconds=0.2)) as backend:
        play(backend, scenario)


def test_a_bad_config_and_a_taken_port_are_one_line_each(tmp_path: Path, postgres: PostgresServer) -> None:
    def run(config: object) -> tuple[int, str]:
        done = subprocess.run(
            command(tmp_path, config),
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG_S,
            env=dict(os.environ),
        )
        return done.returncode, done.stderr

    status, text = run({"login": {}})
    assert (status, text.count("\n")) == (2, 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, text = run(config_of(postgres, rest_port=port))
    assert (status, text.count("\n")) == (3, 1)
    assert str(port) in text
