from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from edge_tasks.checkout.layouts import bundled_source
from edge_tasks.cli.invocation import find_invocation
from edge_tasks.cli.reading import fleet_source
from edge_tasks.errors import MissingTool
from edge_tasks.fleet.saved import Saved, State, new_fleet
from edge_tasks.page.server import page_app, serve
from edge_tasks.page.snapshot import Row, Snapshot
from edge_tasks.steps.dashboard import FleetSource
from tests.unmetered import Unmetered
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CLONE = find_invocation(Path(__file__).parents[2], Path.cwd(), ["setup", "status", "verify"])


class Fleet:
    """A source whose edges a test moves."""

    def __init__(self) -> None:
        self.states = {"edge0": "online", "edge1": "online"}

    def look(self, _before: Snapshot) -> Snapshot:
        rows = {name: Row(state, "", "", None, (1, 2, 3, 4, 5)) for name, state in self.states.items()}
        return Snapshot(at=time.time(), rows=rows)

    def edge(self, name: str) -> dict[str, Any] | None:
        return {"name": name, "components": {}} if name in self.states else None


def with_page(check: Callable[[aiohttp.ClientSession, str, Fleet], Awaitable[None]]) -> None:
    async def run() -> None:
        fleet = Fleet()
        runner = web.AppRunner(page_app(fleet, Unmetered()), shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            async with aiohttp.ClientSession() as client:
                await check(client, url, fleet)
        finally:
            await runner.cleanup()

    asyncio.run(asyncio.wait_for(run(), LONG_S))


def test_every_answer_forbids_what_is_inline_or_from_outside() -> None:
    async def check(client: aiohttp.ClientSession, url: str, _fleet: Fleet) -> None:
        for path in ("/", "/static/page.js", "/static/uPlot.iife.min.js", "/edges/edge0", "/nowhere"):
            async with client.get(url + path) as answer:
                assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"], path
                assert answer.headers["X-Content-Type-Options"] == "nosniff"

    with_page(check)


@pytest.mark.parametrize("path", ["/", "/feed", "/edges/edge0", "/static/page.js"])
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_another_site_gets_nothing(path: str, headers: dict[str, str]) -> None:
    async def check(client: aiohttp.ClientSession, url: str, _fleet: Fleet) -> None:
        async with client.get(url + path, headers=headers) as answer:
            assert answer.status == 403
            assert "edge" not in await answer.text()

    with_page(check)


def test_a_websocket_of_another_site_is_refused() -> None:
    async def check(client: aiohttp.ClientSession, url: str, _fleet: Fleet) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(f"{url}/feed", headers={"Origin": "http://localhost:1"})
        assert refused.value.status == 403

    with_page(check)


def test_a_page_gets_all_of_it_once_and_then_only_what_changed() -> None:
    async def check(client: aiohttp.ClientSession, url: str, fleet: Fleet) -> None:
        async with client.ws_connect(f"{url}/feed") as feed:
            told = [await feed.receive_json()]
            while told[-1].get("edges", {}).keys() != fleet.states.keys():
                told.append(await feed.receive_json())
            assert told[-1]["type"] == "whole"
            fleet.states["edge1"] = "offline"
            told = [await feed.receive_json()]
            while not told[-1]["edges"]:
                told.append(await feed.receive_json())
            assert told[-1]["type"] == "news"
            assert told[-1]["edges"] == {"edge1": ["offline", "", "", None, [1, 2, 3, 4, 5], ""]}

    with_page(check)


def test_an_edge_has_its_history_and_an_unknown_one_is_not_found() -> None:
    async def check(client: aiohttp.ClientSession, url: str, _fleet: Fleet) -> None:
        async with client.ws_connect(f"{url}/feed") as feed:
            while not (await feed.receive_json())["edges"]:
                pass
        async with client.get(f"{url}/edges/edge0") as answer:
            found = await answer.json()
            assert [column[0] for column in found["history"][1:]] == [1, 2, 3, 4, 5]
        async with client.get(f"{url}/edges/edge9") as answer:
            assert answer.status == 404

    with_page(check)


def test_a_platform_without_a_fleet_says_what_to_type(tmp_path: Path) -> None:
    source = fleet_source(str(tmp_path), {}, CLONE)
    found = source.look(Snapshot(0.0))
    assert found.problem == f"there is no fleet in {tmp_path}"
    assert found.hint == "inv setup --edges 3"
    assert found.rows == {}
    assert source.edge("edge0") is None


def test_a_saved_fleet_that_cannot_be_read_ends_no_page_and_its_repair_is_seen(tmp_path: Path) -> None:
    shutil.copytree(bundled_source(), tmp_path / "platform")
    state = State(tmp_path / "platform")
    source = fleet_source(str(state.platform), {}, CLONE)
    state.folder.mkdir()
    (state.folder / "fleet.json").write_text("no JSON")
    assert "is not a saved fleet" in source.look(Snapshot(0.0)).problem
    fleet = replace(new_fleet(2), port_offset=40_000)
    state.save(Saved(fleet, "embedded", "docker-compose.override.yml"))
    found = source.look(Snapshot(0.0))
    assert (found.problem, found.hint) == ("the fleet is down", "inv up")
    assert {name: row.state for name, row in found.rows.items()} == {"edge0": "unknown", "edge1": "unknown"}
    details = source.edge("edge0")
    assert details is not None
    assert fleet.edges[0].apikey not in str(details)


def test_a_look_that_fails_unexpectedly_is_logged_with_where_it_failed_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_channels: object) -> None:
        raise RuntimeError("no such row")

    services = SimpleNamespace(running=lambda: ("backend",))
    runtime = SimpleNamespace(name="embedded", stands_for="stand-ins", services=services)
    view: Any = SimpleNamespace(look=fail, names=["edge0"], runtime=runtime)
    saved = Saved(new_fleet(1), "embedded", "docker-compose.override.yml")
    State(tmp_path).folder.mkdir(parents=True)
    State(tmp_path).save(saved)
    read = fleet_source(str(tmp_path), {}, CLONE).watched
    source = FleetSource(lambda: replace(read, make_view=lambda: view))
    problems = {source.look(Snapshot(0.0)).problem for _ in range(2)}
    assert problems == {"this look failed (RuntimeError); the next one follows"}
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_an_edge_has_only_the_directory_that_exists_and_only_ports_where_it_listens(tmp_path: Path) -> None:
    shutil.copytree(bundled_source(), tmp_path / "platform")
    state = State(tmp_path / "platform")
    fleet = replace(new_fleet(2), light=1, port_offset=40_000)
    state.folder.mkdir()
    state.save(Saved(fleet, "embedded", "docker-compose.override.yml"))
    directory = state.platform / "openems-edge" / "config-edge0"
    directory.mkdir()
    source = fleet_source(str(state.platform), {}, CLONE)
    found = {name: source.edge(name) or {} for name in ("edge0", "edge1")}
    assert {name: about["directory"] for name, about in found.items()} == {"edge0": str(directory), "edge1": None}
    assert {name: about["ports"] for name, about in found.items()} == {"edge0": None, "edge1": None}


def test_a_taken_port_is_told_with_what_to_do() -> None:
    async def run() -> None:
        runner = web.AppRunner(web.Application())
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            with pytest.raises(MissingTool, match="is taken"):
                await serve(page_app(Fleet(), Unmetered()), runner.addresses[0][1], 1, lambda _text: None)
        finally:
            await runner.cleanup()

    asyncio.run(run())


def test_it_ends_by_itself_after_the_seconds_asked_for() -> None:
    said: list[str] = []
    asyncio.run(asyncio.wait_for(serve(page_app(Fleet(), Unmetered()), 0, 1, said.append), LONG_S))
    assert said[0].startswith("the page is at http://127.0.0.1:")


def test_the_page_of_the_installed_command_says_what_is_typed_there() -> None:
    installed = find_invocation(None, Path("/home/me"), ["dashboard", "status", "up", "verify"])

    class IllFleet(Fleet):
        def look(self, _before: Snapshot) -> Snapshot:
            row = Row("offline", "not connected", "inv up", None, (None,) * 5)
            return Snapshot(at=time.time(), rows={"edge0": row})

    async def check() -> None:
        runner = web.AppRunner(page_app(IllFleet(), Unmetered(), worded=installed.worded), shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession() as client:
            async with client.get(f"{url}/") as answer:
                text = await answer.text()
            async with client.ws_connect(f"{url}/feed") as feed:
                while "edge0" not in (news := await feed.receive_str()):
                    pass
        await runner.cleanup()
        assert "<code>edge-tasks verify</code>" in text
        assert "edge-tasks up" in news
        assert "inv up" not in news

    asyncio.run(check())
