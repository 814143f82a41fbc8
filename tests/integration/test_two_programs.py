"""The stand-in backend as two programs, as OpenEMS has them from 2026.2 on."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
import uuid
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.integration.stand_in import (
    LOGIN,
    Running,
    add,
    cell,
    config_of,
    connected,
    edge_app,
    key,
    notification,
    online,
    play,
    rest,
    running,
    running_as_two,
    until,
)
from tests.ports import free_port
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer


async def value(session: aiohttp.ClientSession, backend: Running, channel: str) -> object:
    body = await rest(session, backend, "getEdgesChannelsValues", ids=["edge0"], channels=[channel])
    return body["result"]["edge0"][channel]


async def is_offline(session: aiohttp.ClientSession, backend: Running) -> bool:
    return not await online(session, backend, "edge0")


async def is_refused(session: aiohttp.ClientSession, url: str) -> bool:
    """Whether nobody listens there; a connection that was taken and then lost does not say so."""
    try:
        await session.ws_connect(url)
    except aiohttp.ClientConnectorError as error:
        return isinstance(error.os_error, ConnectionRefusedError)
    except aiohttp.ClientConnectionError:
        return False
    return False


def test_what_an_edge_sends_reaches_the_backend_by_way_of_the_program_that_has_its_socket(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await connected(session, backend, "edge0")
        assert not await online(session, backend, "edge1")
        await edge.send_str(notification("timestampedData", {"1000": {"m/P": 5, "_meta/Version": "2026.2.0"}}))
        await until(lambda: is_value(session, backend))
        await edge.close()
        await until(lambda: is_offline(session, backend))
        assert await value(session, backend, "m/P") is None

    async def is_value(session: aiohttp.ClientSession, backend: Running) -> bool:
        return await value(session, backend, "m/P") == 5

    add(device_table, "edge0", "edge1")
    with running_as_two(tmp_path, config_of(postgres, flush_seconds=0.1)) as backend:
        play(backend, scenario)
        backend.stop()
    assert cell(device_table, "openems_version") == "2026.2.0"
    assert cell(device_table, "openems_is_connected") is False


def test_before_the_first_report_an_edges_data_are_dropped_and_its_configuration_is_kept(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    config = {"components": {"m": {"alias": "", "factoryId": "F", "properties": {}}}, "factories": {}}

    edges = []

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        await until(lambda: sends_before_a_report(session, backend))
        await until(lambda: online(session, backend, "edge0"))
        assert await value(session, backend, "m/P") is None
        await until(has_config)

    async def sends_before_a_report(session: aiohttp.ClientSession, backend: Running) -> bool:
        """Connect and send; False if a report was quicker, and then the edge is gone again."""
        edge = await session.ws_connect(backend.edge, headers=key("edge0"))
        edges.append(edge)
        await edge.send_str(
            json.dumps({"jsonrpc": "2.0", "method": "edgeConfig", "params": config}, separators=(",", ":"))
        )
        await edge.send_str(notification("timestampedData", {"1000": {"m/P": 5}}))
        await edge.send_json({"jsonrpc": "2.0", "method": "appCenter", "params": {}, "id": "7"})
        assert (await edge.receive_json(timeout=LONG_S))["id"] == "7"
        if not await online(session, backend, "edge0"):
            return True
        await edge.close()
        await until(lambda: is_offline(session, backend))
        return False

    async def has_config() -> bool:
        return '"m"' in (cell(device_table, "openems_config") or "")

    add(device_table, "edge0")
    with running_as_two(tmp_path, config_of(postgres), report_seconds=3.0) as backend:
        play(backend, scenario)


def test_requests_go_both_ways_through_the_two_programs(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    inner, outer = str(uuid.uuid4()), str(uuid.uuid4())
    payload = {"jsonrpc": "2.0", "method": "x", "params": {}, "id": inner}

    async def asked(session: aiohttp.ClientSession, backend: Running) -> dict[str, Any]:
        call = {"method": "edgeRpc", "id": outer, "params": {"edgeId": "edge0", "payload": payload}}
        async with session.post(backend.rest, json=call, headers=LOGIN) as answer:
            body: dict[str, Any] = await answer.json()
        return body

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await connected(session, backend, "edge0")
        await edge.send_json({"jsonrpc": "2.0", "method": "appCenter", "params": {}, "id": "7"})
        refused = await edge.receive_json(timeout=LONG_S)
        assert (refused["id"], refused["error"]["message"]) == ("7", "No AppCenter Metadata provided.")

        called = asyncio.ensure_future(asked(session, backend))
        request = await edge.receive_json(timeout=LONG_S)
        assert request["params"]["payload"] == payload
        result = {"payload": {"jsonrpc": "2.0", "id": inner, "result": {"some": "thing"}}}
        await edge.send_json({"jsonrpc": "2.0", "id": request["id"], "result": result})
        assert await called == {"jsonrpc": "2.0", "id": outer, "result": result}

        called = asyncio.ensure_future(asked(session, backend))
        request = await edge.receive_json(timeout=LONG_S)
        error = {"code": 4001, "message": "Unhandled JSON-RPC method [x]", "data": ["x"]}
        await edge.send_json({"jsonrpc": "2.0", "id": request["id"], "error": error})
        assert await called == {"jsonrpc": "2.0", "id": outer, "error": error}

    add(device_table, "edge0")
    with running_as_two(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)


def test_devices_that_are_read_again_are_known_to_the_other_program_and_all_edges_reconnect(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    async def connects(session: aiohttp.ClientSession, backend: Running) -> bool:
        """Whether an edge comes online with its apikey; if that is not known, it is dropped."""
        try:
            edge = await session.ws_connect(backend.edge, headers=key("edge1"))
        except aiohttp.ClientError:
            return False
        dropped = asyncio.ensure_future(edge.receive())
        while not dropped.done():
            if await online(session, backend, "edge1"):
                dropped.cancel()
                return True
            await asyncio.sleep(0.03)
        return False

    async def scenario(session: aiohttp.ClientSession, backend: Running) -> None:
        edge = await connected(session, backend, "edge0")
        add(device_table, "edge1")
        late = await session.ws_connect(backend.edge, headers=key("edge1"))
        assert (await late.receive(LONG_S)).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE}
        async with session.post(backend.console, headers=LOGIN, data={"apply": "true"}) as answer:
            assert answer.status == 200
        await edge.receive(LONG_S)
        assert edge.close_code == 1001
        await until(lambda: connects(session, backend))

    add(device_table, "edge0")
    with running_as_two(tmp_path, config_of(postgres)) as backend:
        play(backend, scenario)


def test_the_port_for_edges_is_closed_without_apikeys_and_while_the_backend_is_gone(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> None:
    config = config_of(postgres, manager_port=free_port())
    told = {
        "uri": f"ws://127.0.0.1:{config['manager_port']}",
        "edge_port": config["edge_port"],
        "retry_seconds": 0.1,
    }

    async def closes(url: str) -> None:
        async with aiohttp.ClientSession() as session:
            await until(lambda: is_refused(session, url))

    with running(tmp_path, config), edge_app(tmp_path, told, opens=False) as process:
        time.sleep(1.0)
        assert process.poll() is None
        asyncio.run(closes(f"http://127.0.0.1:{config['edge_port']}/"))
    add(device_table, "edge0")
    with running(tmp_path, config) as backend, edge_app(tmp_path, told):
        backend.stop()
        asyncio.run(closes(backend.edge))


def test_a_bad_config_and_a_taken_port_of_the_second_program_are_one_line_each(tmp_path: Path) -> None:
    def run(config: object) -> tuple[int, str]:
        file = tmp_path / "edge-app.json"
        file.write_text(json.dumps(config))
        arguments = [sys.executable, "-m", "edge_tasks.backend.edge_app", str(file)]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=LONG_S)
        return done.returncode, done.stderr

    status, text = run({"uri": "http://127.0.0.1"})
    assert (status, text.count("\n")) == (2, 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, text = run({"uri": "ws://127.0.0.1:1", "edge_port": port})
    assert (status, text.count("\n")) == (3, 1)
    assert str(port) in text
