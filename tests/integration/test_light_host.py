"""The light host as a process, against a real websocket server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import psutil
import pytest
from aiohttp import web
from yarl import URL

from edge_tasks.light.wire import websocket
from edge_tasks.light.wire.endpoint import Endpoint
from edge_tasks.light.wire.tally import Tally
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

ROOT = Path(__file__).resolve().parents[2]
REFUSED_KEY = "WRONG"
SLOW_KEY = "SLOW"
PLANT = {
    "datasource0": ("Simulator.Datasource.Single.Direct", 'values=i["500"]\ntimeDelta=I"-1"'),
    "meter3": ("Simulator.NRCMeter.Acting", 'datasource.id="datasource0"'),
    "meter0": ("Simulator.GridMeter.Reacting", ""),
}


class Backend:
    """Accepts every key but one, which it drops after the upgrade without a close frame, as the real one."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Any]] = {}
        self.upgrades: list[str] = []
        self.codes: dict[str, int | None] = {}
        self.sockets: dict[str, web.WebSocketResponse] = {}
        self.transports: dict[str, asyncio.Transport] = {}
        self.peers: dict[str, str] = {}
        self.first_message_at: dict[str, float] = {}
        self.port = 0
        self.awake = asyncio.Event()
        self.tries: list[str] = []
        self.upgrading = asyncio.Event()
        self.upgrading.set()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        key = request.headers["apikey"]
        self.tries.append(key)
        await self.upgrading.wait()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.upgrades.append(key)
        assert request.transport is not None
        self.peers[key] = request.transport.get_extra_info("peername")[0]
        if key == REFUSED_KEY:
            request.transport.abort()
            return socket
        self.sockets[key] = socket
        self.transports[key] = request.transport
        if key == SLOW_KEY:
            await self.awake.wait()
        async for message in socket:
            self.first_message_at.setdefault(key, time.time())
            self.messages.setdefault(key, []).append(json.loads(message.data))
        self.codes[key] = socket.close_code
        return socket

    def methods(self, key: str) -> list[str]:
        return [message.get("method", "answer") for message in self.messages.get(key, [])]


class _Nobody:
    """Whom a connection tells in vain."""

    def heard(self, message: bytes) -> None: ...

    def ponged(self, seconds: float) -> None: ...

    def ended(self, close_code: int | None) -> None: ...


class Run:
    """A host process, its files, and its backend."""

    def __init__(self, directory: Path, backend: Backend) -> None:
        self.directory = directory
        self.backend = backend
        self.fleet_file = directory / "fleet.json"
        self.status_file = directory / "status.json"
        self.log = directory / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def edge(self, name: str, key: str) -> dict[str, str]:
        directory = self.directory / name
        backend = f'apikey="{key}"\nuri="ws://127.0.0.1:{self.backend.port}"'
        _component(directory, "Controller.Api.Backend", "ctrlBackend0", backend)
        for own_id, (factory, text) in PLANT.items():
            _component(directory, factory, own_id, text)
        return {"name": name, "directory": str(directory), "digest": "1"}

    def fleet(self, revision: str, *edges: dict[str, str], **more: int) -> None:
        files = {"status_file": str(self.status_file), "memory_file": str(self.directory / "memory.json")}
        content = {"revision": revision, **files, "edges": edges, **more}
        draft = self.fleet_file.with_suffix(".new")
        draft.write_text(json.dumps(content))
        draft.replace(self.fleet_file)

    def start(self) -> None:
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "edge_tasks.light", str(self.fleet_file)]
            self.process = subprocess.Popen(command, cwd=ROOT, stderr=log)

    def status(self, part: str = "") -> Any:
        file = self.status_file.with_name(f"status{part}.json")
        return json.loads(file.read_bytes()) if file.exists() else {"edges": {}}

    def connected(self, part: int) -> set[str]:
        edges = self.status(f"-{part}")["edges"]
        return {name for name, edge in edges.items() if edge["state"] == "connected"}

    def state(self, name: str) -> str:
        return str(self.status()["edges"].get(name, {}).get("state", ""))

    async def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LONG_S
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"did not happen: {self.status()}\n{self.log.read_text()}")
            await asyncio.sleep(0.05)

    async def ended(self) -> int:
        process = self.process
        assert process is not None
        await self.until(lambda: process.poll() is not None)
        return int(process.returncode)

    async def left(self, *keys: str) -> None:
        """Until the backend has heard that these edges left, each with a good-bye."""
        await self.until(lambda: self.backend.codes.keys() >= set(keys))
        assert {self.backend.codes[key] for key in keys} == {1000}


def _component(directory: Path, factory: str, own_id: str, text: str) -> None:
    path = directory.joinpath(*factory.split("."), f"{own_id}.config")
    path.parent.mkdir(parents=True, exist_ok=True)
    names = f'service.pid="{factory}.{own_id}"\nservice.factoryPid="{factory}"\nid="{own_id}"\n'
    path.write_text(f"{names}{text}\n")


@asynccontextmanager
async def _running(directory: Path) -> AsyncIterator[Run]:
    backend = Backend()
    app = web.Application()
    app.router.add_get("/", backend.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    backend.port = runner.addresses[0][1]
    run = Run(directory, backend)
    try:
        yield run
    finally:
        if run.process is not None and run.process.poll() is None:
            run.process.kill()
            run.process.wait()
        await runner.cleanup()


def test_an_edge_connects_says_what_it_is_and_answers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", "SECRETKEY0"))
            run.start()
            await run.until(lambda: run.state("edge0") == "connected")
            await run.until(lambda: len(_cycles(run, "SECRETKEY0")) >= 1)
            config, full = run.backend.messages["SECRETKEY0"][:2]
            assert config["method"] == "edgeConfig"
            assert config["params"]["components"]["ctrlBackend0"]["properties"]["apikey"] == "xxx"
            (values,) = full["params"].values()
            assert (values["_sum/State"], values["meter0/ActivePower"]) == (0, 500)
            # the second full set may come before the first change, which is a watt hour after 7.2 s
            await run.until(lambda: any(len(told) < len(values) / 2 for _, told in _cycles(run, "SECRETKEY0")))
            assert all(cycle % 1000 == 0 for cycle, _ in _cycles(run, "SECRETKEY0"))
            await _asked(run)
            status = run.status()
            assert (status["revision"], status["pid"]) == ("r1", run.process and run.process.pid)
            assert status["edges"]["edge0"]["connects"] == 1
            assert os.name == "nt" or run.status_file.stat().st_mode & 0o777 == 0o600
            assert "SECRETKEY0" not in run.log.read_text() + run.status_file.read_text()

    asyncio.run(scenario())


async def _asked(run: Run) -> None:
    answer = await _ask(run, "SECRETKEY0", "unheardOf")
    assert (answer["id"], answer["error"]["code"]) == ("unheardOf", 1)


async def _ask(run: Run, key: str, method: str, **params: Any) -> Any:
    """The edge's answer to a request of a user."""
    payload = {"jsonrpc": "2.0", "id": "b", "method": method, "params": params}
    wrapped = {"user": {"id": "admin", "name": "Ada"}, "payload": payload}
    request = {"jsonrpc": "2.0", "id": method, "method": "authenticatedRpc", "params": wrapped}
    await run.backend.sockets[key].send_str(json.dumps(request))

    def answers() -> list[Any]:
        return [one for one in run.backend.messages[key] if "method" not in one and one["id"] == method]

    await run.until(lambda: bool(answers()))
    return answers()[-1]


def _cycles(run: Run, key: str) -> list[tuple[int, dict[str, Any]]]:
    """(cycle in ms, channels), in the order of sending; without cycles in which nothing changed."""
    data = [one["params"] for one in run.backend.messages.get(key, []) if one.get("method") == "timestampedData"]
    return [(int(cycle), values) for params in data for cycle, values in params.items()]


def _last(run: Run, channel: str) -> Any:
    """What was told last of a channel."""
    return next((values[channel] for _, values in reversed(_cycles(run, "KEY0")) if channel in values), None)


def test_what_a_user_sets_takes_effect_and_outlives_the_host(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", "KEY0"))
            run.start()
            await run.until(lambda: _last(run, "meter0/ActivePower") == 500)
            values = [{"name": "values", "value": [4000]}]
            await _ask(run, "KEY0", "updateComponentConfig", componentId="datasource0", properties=values)
            await run.until(lambda: _last(run, "meter0/ActivePower") == 4000)
            assert run.backend.methods("KEY0").count("edgeConfig") == 2
            written = {"componentId": "meter3", "channelId": "ActivePower", "value": 1000}
            await _ask(run, "KEY0", "setChannelValue", **written)
            await run.until(lambda: _last(run, "meter0/ActivePower") == 1000)
            await run.until(
                lambda: '"ActivePower"' in (tmp_path / "memory.json").read_text().replace("meter3/", '"')
            )
            assert run.process is not None
            run.process.kill()
            run.process.wait()
            run.backend.messages.clear()
            run.start()
            await run.until(lambda: _last(run, "meter0/ActivePower") == 1000)
            await _ask(run, "KEY0", "setChannelValue", **(written | {"value": None}))
            await run.until(lambda: _last(run, "meter0/ActivePower") == 4000)

    asyncio.run(scenario())


def test_the_log_comes_while_it_is_subscribed_to(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            edge = run.edge("edge0", "KEY0")
            _component(tmp_path / "edge0", "Controller.Debug.Log", "ctrlDebugLog0", "")
            run.fleet("r1", edge)
            run.start()
            await run.until(lambda: run.state("edge0") == "connected")
            await _ask(run, "KEY0", "subscribeSystemLog", subscribe=True)
            await run.until(lambda: "systemLog" in run.backend.methods("KEY0"))
            line = next(one for one in run.backend.messages["KEY0"] if one.get("method") == "systemLog")
            assert "Grid:500 W" in line["params"]["line"]["message"]
            await _ask(run, "KEY0", "subscribeSystemLog", subscribe=False)
            count = run.backend.methods("KEY0").count("systemLog")
            await asyncio.sleep(1.5)
            assert run.backend.methods("KEY0").count("systemLog") == count

    asyncio.run(scenario())


def test_the_fleet_changes_and_only_changed_edges_reconnect(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            edges = [run.edge(f"edge{index}", f"KEY{index}") for index in range(3)]
            run.fleet("r1", edges[0], edges[1])
            run.start()
            await run.until(lambda: run.state("edge0") == run.state("edge1") == "connected")
            run.fleet_file.write_text("{")
            await run.until(lambda: "not used" in run.log.read_text())
            edges[1]["digest"] = "2"
            run.fleet("r2", edges[0], edges[1], edges[2])
            await run.until(lambda: run.state("edge2") == "connected" and run.backend.upgrades.count("KEY1") == 2)
            assert run.status()["revision"] == "r2"
            run.fleet("r3", edges[0])
            await run.until(
                lambda: run.backend.codes.get("KEY2") == 1000 and "edge2" not in run.status()["edges"]
            )
            assert run.backend.upgrades.count("KEY0") == 1
            assert "KEY0" not in run.backend.codes
            run.fleet_file.unlink()
            assert await run.ended() == 0
            await run.left("KEY0")
            assert not run.status_file.exists()

    asyncio.run(scenario())


def connections(status: Any) -> tuple[int, int]:
    """How many a backend accepted, and how many of them have ended."""
    return status["counters"]["connects"], status["counters"]["disconnects"]


def test_a_wrong_key_is_refused_and_a_missing_one_unconfigured(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", REFUSED_KEY), run.edge("edge1", ""))
            run.start()
            await run.until(lambda: run.state("edge0") == "refused" and run.state("edge1") == "unconfigured")
            status = run.status()
            assert status["edges"]["edge0"]["connects"] == 0
            assert connections(status) == (0, 0)
            assert "no apikey" in status["edges"]["edge1"]["why"]
            await run.until(lambda: len(run.backend.upgrades) >= 2)

    asyncio.run(scenario())


def test_a_refused_edge_stays_refused_while_it_tries_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", REFUSED_KEY))
            run.start()
            await run.until(lambda: run.state("edge0") == "refused")
            run.backend.upgrading.clear()
            tries = len(run.backend.tries)
            await run.until(lambda: len(run.backend.tries) > tries)
            now = time.time()
            await run.until(lambda: run.status()["written"] > now)
            assert "is the apikey known?" in run.status()["edges"]["edge0"]["why"]
            assert run.state("edge0") == "refused"
            run.backend.upgrading.set()

    asyncio.run(scenario())


def test_a_closed_edge_waits_and_comes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", "KEY0"))
            run.start()
            await run.until(lambda: run.state("edge0") == "connected")
            await run.backend.sockets["KEY0"].close(code=aiohttp.WSCloseCode.GOING_AWAY)
            await run.until(lambda: run.status()["edges"]["edge0"]["connects"] == 2)
            assert connections(run.status()) == (2, 1)

    asyncio.run(scenario())


def test_a_connection_that_is_cut_soon_after_an_answer_is_lost_and_not_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", "KEY0"))
            run.start()
            await run.until(lambda: run.state("edge0") == "connected")
            await run.backend.sockets["KEY0"].send_str('{"jsonrpc":"2.0","id":"1","result":{}}')
            await asyncio.sleep(0.2)
            run.backend.transports["KEY0"].abort()
            await run.until(lambda: len(run.backend.upgrades) == 2)
            assert "edge0: waiting" in run.log.read_text()
            assert "edge0: refused" not in run.log.read_text()

    asyncio.run(scenario())


def test_an_edge_is_connected_since_it_was_and_not_since_that_was_certain(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", "KEY0"))
            began = time.time()
            run.start()
            await run.until(lambda: run.state("edge0") == "connected" and "KEY0" in run.backend.first_message_at)
            assert began < run.status()["edges"]["edge0"]["since"] <= run.backend.first_message_at["KEY0"]

    asyncio.run(scenario())


def test_a_wrongly_named_file_is_missing_from_the_edge(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            edge = run.edge("edge0", "KEY0")
            meter = tmp_path / "edge0" / "Simulator" / "GridMeter" / "Reacting" / "meter0.config"
            meter.rename(meter.with_name("meter1.config"))
            run.fleet("r1", edge)
            run.start()
            await run.until(lambda: run.state("edge0") == "connected" and len(run.backend.messages["KEY0"]) >= 2)
            config, full = run.backend.messages["KEY0"][:2]
            assert "meter0" not in config["params"]["components"]
            (values,) = full["params"].values()
            assert not [name for name in values if name.startswith("meter0/")]
            (line,) = run.status()["edges"]["edge0"]["ignored"]
            assert line.startswith("Simulator/GridMeter/Reacting/meter1.config: ")

    asyncio.run(scenario())


def test_sigterm_ends_cleanly(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", "KEY0"))
            run.start()
            await run.until(lambda: run.state("edge0") == "connected")
            assert run.process is not None
            run.process.send_signal(signal.SIGTERM)
            assert await run.ended() == 0
            await run.left("KEY0")
            assert not run.status_file.exists()
            assert "Traceback" not in run.log.read_text()

    asyncio.run(scenario())


def test_counters_go_on_when_the_host_is_killed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            edge = run.edge("edge0", "KEY0")
            _count_quickly(tmp_path / "edge0")
            run.fleet("r1", edge)
            run.start()
            await run.until(lambda: len(run.backend.messages.get("KEY0", [])) >= 3)
            assert run.process is not None
            run.process.kill()
            run.process.wait()
            before = _counters(run)
            run.start()
            await run.until(lambda: len(_counters(run)) > len(before))
            counted = _counters(run)
            (first, *_), (last, *_) = counted[0], counted[-1]
            assert before
            assert counted == sorted(counted)
            # 20 kWh a second, to the rounding of the cycle and of the moment of sending
            assert abs((counted[-1][1] - counted[0][1]) - 20 * (last - first)) <= 20 * 1000

    asyncio.run(scenario())


def test_a_killed_part_comes_back_and_the_others_keep_their_connections(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            edges = [run.edge(f"edge{index}", f"KEY{index}") for index in range(5)]
            run.fleet("r1", *edges[:4], processes=2)
            run.start()
            await run.until(lambda: run.connected(0) == {"edge0", "edge2"} and len(run.connected(1)) == 2)
            killed, other = run.status("-1")["pid"], run.status("-0")["pid"]
            os.kill(killed, signal.SIGKILL)
            await run.until(lambda: run.connected(1) == {"edge1", "edge3"} and run.status("-1")["pid"] != killed)
            run.fleet("r2", *edges, processes=2)
            await run.until(lambda: run.connected(0) == {"edge0", "edge2", "edge4"})
            assert run.status("-0")["pid"] == other
            assert sorted(run.backend.upgrades) == ["KEY0", "KEY1", "KEY1", "KEY2", "KEY3", "KEY3", "KEY4"]
            assert run.process is not None
            run.process.send_signal(signal.SIGTERM)
            assert await run.ended() == 0
            await run.left(*(f"KEY{index}" for index in range(5)))
            assert not any(run.status_file.with_name(f"status-{part}.json").exists() for part in range(2))
            assert "Traceback" not in run.log.read_text()

    asyncio.run(scenario())


def test_no_part_outlives_its_supervisor(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", "KEY0"), run.edge("edge1", "KEY1"), processes=2)
            run.start()
            await run.until(lambda: len(run.connected(0)) == len(run.connected(1)) == 1)
            pids = [run.status(f"-{part}")["pid"] for part in range(2)]
            assert run.process is not None
            run.process.kill()
            run.process.wait()
            await run.until(lambda: not any(map(_runs, pids)))
            await run.left("KEY0", "KEY1")

    asyncio.run(scenario())


def test_counters_go_on_when_edges_move_between_parts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            edges = [run.edge("edge0", "OTHER"), run.edge("edge1", "KEY0")]
            _count_quickly(tmp_path / "edge1")
            run.fleet("alone", *edges)
            run.start()
            await run.until(lambda: len(_counters(run)) >= 2)
            assert run.process is not None
            run.process.terminate()
            assert await run.ended() == 0
            run.fleet("one part", *edges, processes=1)
            run.start()
            await run.until(lambda: run.connected(0) == {"edge0", "edge1"})
            run.fleet("two parts", *edges, processes=2)
            await run.until(lambda: run.connected(1) == {"edge1"})
            so_far = len(_counters(run))
            await run.until(lambda: len(_counters(run)) > so_far)
            assert run.backend.upgrades.count("KEY0") == 3
            counted = _counters(run)
            assert counted == sorted(counted)
            (first, bought), (last, more) = counted[0], counted[-1]
            # 20 kWh a second, to the rounding of the cycle and of the moment of sending
            assert abs((more - bought) - 20 * (last - first)) <= 20 * 1000

    asyncio.run(scenario())


def test_counters_go_on_when_an_edge_comes_back_to_a_host_that_has_restarted_without_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            edges = [run.edge("edge0", "OTHER"), run.edge("edge1", "KEY0")]
            _count_quickly(tmp_path / "edge1")
            run.fleet("both", *edges)
            run.start()
            await run.until(lambda: len(_counters(run)) >= 2)
            for revision in ("smaller", "smaller still"):
                assert run.process is not None
                run.process.terminate()
                assert await run.ended() == 0
                run.fleet(revision, edges[0])
                run.start()
                await run.until(lambda: run.state("edge0") == "connected")
            run.fleet("grown", *edges)
            so_far = len(_counters(run))
            await run.until(lambda: len(_counters(run)) > so_far)
            counted = [value for _, value in _counters(run)]
            assert counted == sorted(counted)

    asyncio.run(scenario())


def test_an_edge_connects_from_the_address_it_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _running(tmp_path) as run:
            endpoint = Endpoint(URL(f"ws://127.0.0.1:{run.backend.port}"), "KEY0")
            connection = websocket.Connection(_Nobody(), Tally())
            await websocket.connect(endpoint, connection, "127.0.0.2")
            assert run.backend.peers["KEY0"] == "127.0.0.2"
            connection.leave()
            await connection.left()

    asyncio.run(scenario())


def _count_quickly(directory: Path) -> None:
    """Have the consumption of an edge be 72 MW, which are 20 kWh a second."""
    source = directory / "Simulator" / "Datasource" / "Single" / "Direct" / "datasource0.config"
    source.write_text(source.read_text().replace("500", "72000000"))


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _counters(run: Run) -> list[tuple[int, int]]:
    """(cycle in ms, Wh bought), in the order of sending."""
    data = [
        one["params"] for one in run.backend.messages.get("KEY0", []) if one.get("method") == "timestampedData"
    ]
    pairs = [(int(cycle), values) for params in data for cycle, values in params.items()]
    name = "_sum/GridBuyActiveEnergy"
    return [(cycle, values[name]) for cycle, values in pairs if name in values]


@pytest.mark.parametrize("arguments", [[], ["none.json"], ["a", "b"]])
def test_bad_arguments_are_one_line_and_status_two(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "edge_tasks.light", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONG_S)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_a_backend_that_takes_nothing_costs_no_memory_and_misses_no_change(tmp_path: Path) -> None:
    asked = 2000

    async def scenario() -> None:
        async with _running(tmp_path) as run:
            run.fleet("r1", run.edge("edge0", SLOW_KEY))
            run.start()
            await run.until(lambda: SLOW_KEY in run.backend.sockets)
            assert run.process is not None
            before = psutil.Process(run.process.pid).memory_info().rss
            await run.until(lambda: run.status()["edges"].get("edge0", {}).get("state") == "connected")
            asking = asyncio.create_task(_ask_for_all(run.backend.sockets[SLOW_KEY], asked))
            await run.until(lambda: run.status()["counters"]["dropped"] >= 2)
            assert psutil.Process(run.process.pid).memory_info().rss - before < 16 * 1024 * 1024
            run.backend.awake.set()
            await run.until(lambda: run.backend.methods(SLOW_KEY).count("answer") == asked)
            await asking
            count = len(_cycles(run, SLOW_KEY))
            await run.until(lambda: len(_cycles(run, SLOW_KEY)) > count)
            cycles = _cycles(run, SLOW_KEY)
            (first, first_values), *_ = cycles
            told: dict[str, Any] = {}
            for _, values in cycles:
                told |= values
            counted = told["_sum/GridBuyActiveEnergy"] - first_values["_sum/GridBuyActiveEnergy"]
            assert abs(counted - 500 * (cycles[-1][0] - first) / 3_600_000) <= 2

    asyncio.run(scenario())


async def _ask_for_all(socket: web.WebSocketResponse, times: int) -> None:
    for number in range(times):
        payload = {"jsonrpc": "2.0", "id": "b", "method": "getEdgeConfig", "params": {}}
        request = {
            "jsonrpc": "2.0",
            "id": str(number),
            "method": "authenticatedRpc",
            "params": {"payload": payload},
        }
        await socket.send_str(json.dumps(request))
