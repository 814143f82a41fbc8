"""A backend that is slow over REST until its user was introduced over the UI's websocket, as the real one."""

from __future__ import annotations

import asyncio
import json
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from edge_tasks.errors import BackendError
from edge_tasks.proof import backend_api, ui_api
from edge_tasks.proof.backend_api import BackendApi
from edge_tasks.proof.ui_status import UiStatus
from tests.clock import Clock
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator

EDGES = [f"edge{index}" for index in range(250)]


class Backend:
    def __init__(self) -> None:
        self.clock = Clock()
        self.is_over = asyncio.Event()
        self.pages: list[int] = []
        self.asked: list[int] = []
        self.port = 0
        self.pause_s = 1.1
        self.answers_at_most = len(EDGES)
        self.unknown: set[str] = set()

    async def rest(self, request: web.Request) -> web.Response:
        params = (await request.json())["params"]
        names = params.get("edgeIds") or params["ids"]
        self.asked.append(len(names))
        if not self.pages:
            self.clock.now += self.pause_s
        if len(names) > self.answers_at_most:
            await self.is_over.wait()
        if self.unknown & set(names):
            return web.json_response({"error": {"message": "unknown"}})
        return web.json_response({"result": {name: {"online": True} for name in names}})

    @property
    def api(self) -> BackendApi:
        return BackendApi(f"http://127.0.0.1:{self.port}", "admin", "s3cret", ui=f"ws://127.0.0.1:{self.port}")

    async def ui(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            call = json.loads(message.data)
            await socket.send_json({"method": "edgeRpc", "params": {}})
            await socket.send_json({"id": call["id"], **self.answer(call["method"], call["params"])})
        return socket

    def answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == "authenticateWithPassword":
            good = params == {"username": "admin", "password": "s3cret"}
            return {"result": {"token": "x"}} if good else {"error": {"code": 1003}}
        self.pages.append(params["page"])
        start = params["page"] * params["limit"]
        page = EDGES[start : start + params["limit"]]
        return {"result": {"edges": [{"id": name, "isOnline": name != "edge7"} for name in page]}}


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """One that is as quick or slow as it is told, by the clock of whoever asks it."""
    found, loop, ready = Backend(), asyncio.new_event_loop(), threading.Event()
    app = web.Application()
    app.router.add_post("/jsonrpc", found.rest)
    app.router.add_get("/", found.ui)
    runner = web.AppRunner(app, shutdown_timeout=1.0)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        found.port = runner.addresses[0][1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(LONG_S)
    monkeypatch.setattr(backend_api, "time", SimpleNamespace(monotonic=found.clock))
    yield found
    loop.call_soon_threadsafe(found.is_over.set)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(LONG_S)


def test_a_backend_that_does_not_know_its_user_learns_it_page_by_page_then_answers_fast(backend: Backend) -> None:
    api = backend.api
    assert api.online(EDGES) == dict.fromkeys(EDGES, True)
    assert backend.pages == [0, 1, 2]
    assert backend.asked == [100, 150]
    api.online(EDGES)
    assert backend.pages == [0, 1, 2], "a backend that answers fast is not introduced to anybody"


def test_a_few_edges_are_asked_for_directly(backend: Backend) -> None:
    api = backend.api
    assert api.online(EDGES[:3]) == dict.fromkeys(EDGES[:3], True)
    assert backend.pages == []


def test_whoever_is_refused_or_finds_nobody_goes_on_without(backend: Backend) -> None:
    ui_api.introduce("ws://127.0.0.1:1", "admin", "s3cret")
    ui_api.introduce(f"ws://127.0.0.1:{backend.port}", "admin", "wrong")
    assert backend.pages == []


def test_a_backend_that_knows_its_user_is_asked_for_all_other_edges_and_for_all_values_at_once(
    backend: Backend,
) -> None:
    backend.pause_s = 0
    api = backend.api
    assert api.online(EDGES) == dict.fromkeys(EDGES, True)
    assert backend.asked == [100, 150]
    assert api.values(EDGES, ["_sum/EssSoc"]).keys() == set(EDGES)
    assert backend.asked == [100, 150, 250]
    assert (api.values(EDGES, ()), api.values((), ["_sum/EssSoc"])) == ({}, {})
    assert len(backend.asked) == 3, "for nothing it is not asked"


def test_edges_that_are_not_known_are_left_out_and_all_others_answered(backend: Backend) -> None:
    backend.pause_s, backend.unknown = 0, {"edge7", "edge8", "edge200"}
    assert backend.api.online(EDGES).keys() == set(EDGES) - backend.unknown


def test_what_takes_too_long_at_once_is_asked_for_in_halves(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_ALIVE_S", "_SMALL_TIMEOUT_S"):
        monkeypatch.setattr(backend_api, name, LONG_S)
    monkeypatch.setattr(backend_api, "_TIMEOUT_S", 0.3)
    backend.pause_s, backend.answers_at_most = 0, 130
    assert backend.api.online(EDGES) == dict.fromkeys(EDGES, True)
    assert backend.asked == [100, 150, 75, 75]
    backend.answers_at_most = 40
    monkeypatch.setattr(backend_api, "_SMALL_TIMEOUT_S", 0.3)
    with pytest.raises(BackendError, match="does not answer within"):
        backend.api.online(EDGES)


def test_the_ui_says_who_is_online_page_by_page_where_rest_is_missing(backend: Backend) -> None:
    address = f"ws://127.0.0.1:{backend.port}"
    found = UiStatus(address, "admin", "s3cret").online(["edge0", "edge7", "edge249", "edge250"])
    assert found == {"edge0": True, "edge7": False, "edge249": True}


def test_a_ui_that_is_not_there_cannot_be_asked() -> None:
    with pytest.raises(BackendError, match="does not answer"):
        UiStatus("ws://127.0.0.1:1", "admin", "s3cret").online(["edge0"])


def test_a_ui_that_refuses_the_login_cannot_be_asked(backend: Backend) -> None:
    with pytest.raises(BackendError, match="refuses admin"):
        UiStatus(f"ws://127.0.0.1:{backend.port}", "admin", "wrong").online(["edge0"])
