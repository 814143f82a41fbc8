"""Requests for one edge over REST, through the stand-in as its own process, to a real websocket and back."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import psutil
import pytest

from tests.absence import is_without
from tests.integration.stand_in import LOGIN, Running, add, basic, config_of, key, notification, running, until
from tests.metrics import figures
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    import psycopg

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

OUTER, INNER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
DUMMY = "00000000-0000-0000-0000-000000000000"


class World:
    """A backend, an edge that is connected, and a client."""

    def __init__(self, backend: Running, session: aiohttp.ClientSession, edge: Any) -> None:
        self.backend = backend
        self.session = session
        self.edge = edge

    async def called(self, params: dict[str, Any], **more: Any) -> Any:
        body = {"jsonrpc": "2.0", "id": OUTER, "method": "edgeRpc", "params": params, **more}
        async with self.session.post(self.backend.rest, json=body, headers=LOGIN) as answer:
            return await answer.json() if answer.status == 200 else answer.status

    async def asked(self, method: str, name: str = "edge0", **params: Any) -> Any:
        payload = {"jsonrpc": "2.0", "id": INNER, "method": method, "params": params}
        return await self.called({"edgeId": name, "payload": payload})

    async def heard(self) -> Any:
        message = await self.edge.receive(LONG_S)
        assert message.type is aiohttp.WSMsgType.TEXT
        return json.loads(message.data)

    async def answers(self, **outcome: Any) -> Any:
        """Answer the next request as an edge; the request."""
        request = await self.heard()
        await self.edge.send_str(json.dumps({"jsonrpc": "2.0", "id": request["id"], **outcome}))
        return request


@asynccontextmanager
async def connected(backend: Running) -> AsyncIterator[World]:
    async with aiohttp.ClientSession() as session:
        edge = await session.ws_connect(backend.edge, headers=key("edge0"))
        yield World(backend, session, edge)


@pytest.fixture
def play(
    tmp_path: Path, postgres: PostgresServer, device_table: psycopg.Connection
) -> Callable[[Callable[[World], Awaitable[None]]], str]:
    """Run a scenario in a world with two devices, of which edge0 is connected; the backend's log."""

    async def within(backend: Running, scenario: Callable[[World], Awaitable[None]]) -> None:
        async with connected(backend) as world:
            await scenario(world)

    def run(scenario: Callable[[World], Awaitable[None]]) -> str:
        add(device_table, "edge0", "edge1")
        with running(tmp_path, config_of(postgres)) as backend:
            asyncio.run(within(backend, scenario))
            return backend.log.read_text()

    return run


def test_a_request_reaches_the_edge_in_its_users_name_and_the_answer_comes_back(play: Any) -> None:
    async def scenario(world: World) -> None:
        called = asyncio.ensure_future(world.asked("componentJsonApi", componentId="_host"))
        request = await world.answers(
            result={"payload": {"jsonrpc": "2.0", "id": INNER, "result": {"some": "thing"}}}
        )
        assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", request.pop("id"))
        payload = {
            "jsonrpc": "2.0",
            "method": "componentJsonApi",
            "params": {"componentId": "_host"},
            "id": INNER,
        }
        user = {"id": "admin", "name": "Administrator", "language": "EN", "role": "admin"}
        params = {"user": user, "payload": payload}
        assert request == {"jsonrpc": "2.0", "method": "authenticatedRpc", "params": params}
        result = {"payload": {"jsonrpc": "2.0", "id": INNER, "result": {"some": "thing"}}}
        assert await called == {"jsonrpc": "2.0", "id": OUTER, "result": result}

    play(scenario)


@pytest.mark.parametrize(
    ("said", "handed_on"),
    [
        (
            {"code": 4001, "message": "Unhandled JSON-RPC method [x]", "data": ["x"]},
            {"code": 4001, "message": "Unhandled JSON-RPC method [x]", "data": ["x"]},
        ),
        ({"code": 99, "message": "No.", "data": []}, {"code": 1, "message": "No.", "data": ["No."]}),
    ],
)
def test_an_edges_refusal_is_handed_on_with_its_code_under_the_calls_id(
    play: Any, said: dict[str, Any], handed_on: dict[str, Any]
) -> None:
    async def scenario(world: World) -> None:
        called = asyncio.ensure_future(world.asked("x"))
        await world.answers(error=said)
        assert await called == {"jsonrpc": "2.0", "id": OUTER, "error": handed_on}

    play(scenario)


def test_an_answer_without_a_payload_is_an_error_in_openems_words(play: Any) -> None:
    async def scenario(world: World) -> None:
        called = asyncio.ensure_future(world.asked("x"))
        await world.answers(result={})
        answer = await called
        assert answer["id"] == OUTER
        assert answer["error"]["message"] == "JSON [payload] ist not a member of JSON-Object [{}]"

    play(scenario)


def test_an_edge_that_is_offline_or_unknown_is_said_under_no_id(play: Any) -> None:
    async def scenario(world: World) -> None:
        for name, words in (
            ("edge1", "Edge [edge1] is not connected"),
            ("edge9", "JSON [name:{}] is not a String member"),
        ):
            text = f"Unable to get Response: {words}"
            assert await world.asked("getEdgeStatus", name) == {
                "jsonrpc": "2.0",
                "id": DUMMY,
                "error": {"code": 1, "message": text, "data": [text]},
            }

    play(scenario)


def test_a_call_that_is_wrong_is_refused_before_an_edge_hears_of_it(play: Any) -> None:
    payload = {"id": INNER, "method": "m", "params": {}}

    async def scenario(world: World) -> None:
        for params, words in (
            ({"payload": payload}, "JSON [edgeId:"),
            ({"edgeId": "edge0"}, "JSON [payload] ist not a member"),
            ({"edgeId": "edge0", "payload": {**payload, "id": "5"}}, "is not a UUID member"),
            ({"edgeId": "edge0", "payload": {**payload, "params": None}}, "JSON [params] ist not"),
        ):
            assert words in (await world.called(params))["error"]["message"]
        assert "is not a UUID member" in (await world.called({}, id="5"))["error"]["message"]

    play(scenario)


def test_what_is_no_matter_of_the_edge_is_answered_without_it(play: Any) -> None:
    config = {"components": {"meter0": {"factoryId": "M"}}, "factories": {}}

    async def scenario(world: World) -> None:
        missing = await world.asked("getEdgeConfig", "edge1")
        assert missing["error"]["message"].endswith("EdgeConfig for [edge1] is null in the Database")
        await world.edge.send_str(notification("edgeConfig", config))

        async def is_stored() -> bool:
            return "result" in await world.asked("getEdgeConfig")

        await until(is_stored)
        answer = await world.asked("getEdgeConfig")
        assert answer["result"]["payload"] == {"jsonrpc": "2.0", "id": INNER, "result": config}
        days = {"fromDate": "2025-10-01", "toDate": "2025-10-31", "timezone": "UTC"}
        history = await world.asked("queryHistoricTimeseriesData", channels=["meter0/ActivePower"], **days)
        assert history["error"]["message"].endswith("Unable to query historic data. Result is null")
        spreadsheet = await world.asked("queryHistoricTimeseriesExportXlxs", **days)
        assert "no spreadsheets" in spreadsheet["error"]["message"]
        assert await world.asked("appCenter") == 500

    play(scenario)


def test_an_edge_that_does_not_answer_holds_up_nobody_else(play: Any) -> None:
    async def scenario(world: World) -> None:
        waiting = asyncio.ensure_future(world.asked("slow"))
        slow = await world.heard()
        called = asyncio.ensure_future(world.asked("quick"))
        await world.answers(result={"payload": {"jsonrpc": "2.0", "id": INNER, "result": {}}})
        assert "result" in await called
        assert not waiting.done()
        late = {"payload": {"jsonrpc": "2.0", "id": INNER, "result": {"late": 1}}}
        await world.edge.send_str(json.dumps({"jsonrpc": "2.0", "id": slow["id"], "result": late}))
        assert (await waiting)["result"] == late

    play(scenario)


def test_a_log_that_nobody_reads_is_stopped(play: Any) -> None:
    async def scenario(world: World) -> None:
        line = {"time": "t", "level": "INFO", "source": "s", "message": "SECRET-LINE"}
        await world.edge.send_str(notification("systemLog", {"line": line}))
        request = await world.answers(
            result={"payload": {"jsonrpc": "2.0", "id": INNER, "result": {}}},
        )
        assert request["params"]["user"]["name"] == "UnsubscribeSystemLogNotification"
        assert request["params"]["payload"]["params"] == {"subscribe": False}
        assert request["params"]["payload"]["method"] == "subscribeSystemLog"

    assert "SECRET-LINE" not in play(scenario)


async def metrics(world: World, **headers: str) -> dict[str, float]:
    url = f"{world.backend.console.split('system')[0]}metrics"
    async with world.session.get(url, headers=headers) as answer:
        assert answer.status == 200
        return figures(await answer.text())


def test_every_message_is_counted_and_shown_to_prometheus(play: Any) -> None:
    sent = [
        '{"jsonrpc":"2.0","method":"timestampedData","params":{}}',
        notification("timestampedData", {"1000": {"a/B": 1}}),
        notification("aggregatedData", {"1000": {"a/B": 1}}),
        *[notification("resendData", {"1000": {"a/B": 1}})] * 2,
        notification("strange", {}),
        "nonsense",
        '{"id":"x","result":{}}',
    ]

    async def scenario(world: World) -> None:
        refused = await world.session.ws_connect(world.backend.edge, headers={"apikey": "wrong"})
        await refused.receive(LONG_S)
        second = await world.session.ws_connect(world.backend.edge, headers=key("edge0"))
        await second.close()
        for text in sent:
            await world.edge.send_str(text)
        await world.edge.send_str('{"id":"i","method":"appCenter","params":{}}')
        await world.heard()
        found = await metrics(world)
        prefix = "edge_tasks_backend"
        kinds = ("timestampedData", "aggregatedData", "resendData", "other", "invalid", "answer", "appCenter")
        by_method = [found[f'{prefix}_messages_total{{method="{kind}"}}'] for kind in kinds]
        assert by_method == [2, 1, 2, 1, 1, 1, 1]
        received = sum(map(len, sent)) + len('{"id":"i","method":"appCenter","params":{}}')
        assert found[f"{prefix}_received_bytes_total"] == received
        sockets = [found[f"{prefix}_{what}_total"] for what in ("connects", "disconnects", "refusals")]
        assert sockets == [2, 1, 1]
        states = [found[f'{prefix}_edges{{state="{state}"}}'] for state in ("online", "offline")]
        assert states == [1, 1]
        assert found["process_resident_memory_bytes"] > 1e6

    play(scenario)


def test_metrics_need_no_login_nearby_and_a_right_one_from_afar(tmp_path: Path, postgres: PostgresServer) -> None:
    """From afar is here another address of this machine: it is not loopback."""
    with running(tmp_path, config_of(postgres, host="0.0.0.0")) as backend:  # noqa: S104 - the point of it
        own = own_address()
        url = backend.console.split("system")[0].replace("127.0.0.1", own) + "metrics"

        async def statuses() -> list[int]:
            found = []
            async with aiohttp.ClientSession() as session:
                for login in ({}, basic("admin", "wrong"), LOGIN):
                    async with session.get(url, headers=login) as answer:
                        found.append(answer.status)
            return found

        assert asyncio.run(statuses()) == [401, 401, 200]


def own_address() -> str:
    found = [
        one.address
        for addresses in psutil.net_if_addrs().values()
        for one in addresses
        if one.family.name == "AF_INET" and not one.address.startswith("127.")
    ]
    if not found:
        is_without("another address than loopback")
    return str(found[0])
