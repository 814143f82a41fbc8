"""The stand-in backend as its own process, for the tests of what it says and does."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.ports import free_port
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator
    from pathlib import Path

    import psycopg

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

USER, PASSWORD = "admin", "pa:ss"
STOPS_S = 40.0
"""aiohttp by itself would wait for a minute until open connections have ended."""


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


LOGIN = basic(USER, PASSWORD)


@dataclass
class Running:
    process: subprocess.Popen[str]
    log: Path
    edge: str
    rest: str
    console: str

    def stop(self) -> None:
        """Send SIGTERM, and wait until it has ended; open connections do not hinder that."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(STOPS_S) == 0


def config_of(postgres: PostgresServer, **changes: object) -> dict[str, Any]:
    database = {"host": "127.0.0.1", "port": postgres.port, "dbname": "openems"}
    return {
        "database": database | {"user": postgres.user, "password": postgres.password},
        "edge_port": free_port(),
        "rest_port": free_port(),
        "console_port": free_port(),
        "login": {"user": USER, "password": PASSWORD},
        **changes,
    }


def command(tmp_path: Path, config: object) -> list[str]:
    file = tmp_path / "backend.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return [sys.executable, "-m", "edge_tasks.backend", str(file)]


@contextmanager
def running(tmp_path: Path, config: dict[str, Any]) -> Iterator[Running]:
    log = tmp_path / "backend.log"
    with log.open("w") as file:
        process = subprocess.Popen(command(tmp_path, config), stderr=file, text=True)
    urls = [f"http://127.0.0.1:{config[key]}/" for key in ("edge_port", "rest_port", "console_port")]
    backend = Running(
        process, log, urls[0], urls[1] + "jsonrpc", urls[2] + "system/console/configMgr/Metadata.Odoo"
    )
    try:
        for key in ("manager_port" if "manager_port" in config else "edge_port", "rest_port", "console_port"):
            wait_for_port(config[key], process)
        yield backend
    finally:
        process.kill()
        process.wait()


def wait_for_port(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + LONG_S
    while time.monotonic() < deadline:
        assert process.poll() is None
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), LONG_S):
            return
        time.sleep(0.02)
    pytest.fail(f"port {port} does not open")


def play(
    backend: Running, scenario: Callable[[aiohttp.ClientSession, Running], Coroutine[None, None, None]]
) -> None:
    """Run a scenario of (client, backend)."""

    async def with_a_client() -> None:
        async with aiohttp.ClientSession() as session:
            await scenario(session, backend)

    asyncio.run(with_a_client())


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + LONG_S
    while not await check():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.03)


async def rest(session: aiohttp.ClientSession, backend: Running, method: str, **params: object) -> dict[str, Any]:
    async with session.post(backend.rest, json={"method": method, "params": params}, headers=LOGIN) as answer:
        assert answer.status == 200
        body: dict[str, Any] = await answer.json()
    return body


async def online(session: aiohttp.ClientSession, backend: Running, name: str) -> bool:
    body = await rest(session, backend, "getEdgesStatus", edgeIds=[name])
    return bool(body["result"][name]["online"])


async def connected(
    session: aiohttp.ClientSession, backend: Running, name: str
) -> aiohttp.ClientWebSocketResponse[bool]:
    """An edge's websocket, once the backend says that it is online."""
    edge = await session.ws_connect(backend.edge, headers=key(name))
    await until(lambda: online(session, backend, name))
    return edge


def add(table: psycopg.Connection, *names: str, active: bool | None = True) -> None:
    for name in names:
        table.execute(
            "INSERT INTO openems_device (name, apikey, active) VALUES (%s, %s, %s)", (name, f"KEY-{name}", active)
        )


def cell(table: psycopg.Connection, column: str, name: str = "edge0") -> Any:
    row = table.execute(f"SELECT {column} FROM openems_device WHERE name = %s", (name,)).fetchone()  # noqa: S608 - our own column names
    return row[0] if row else None


def key(name: str) -> dict[str, str]:
    return {"apikey": f" KEY-{name} "}


def notification(method: str, params: object) -> str:
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params})


@contextmanager
def running_as_two(tmp_path: Path, config: dict[str, Any], **changes: object) -> Iterator[Running]:
    """The stand-in as two programs, once edges can connect, so the table must have one already."""
    manager_port = free_port()
    told = {"uri": f"ws://127.0.0.1:{manager_port}", "edge_port": config["edge_port"], "retry_seconds": 0.1}
    with (
        running(tmp_path, config | {"manager_port": manager_port}) as backend,
        edge_app(tmp_path, told | {"report_seconds": 0.1} | changes),
    ):
        yield backend


@contextmanager
def edge_app(tmp_path: Path, config: dict[str, Any], *, opens: bool = True) -> Iterator[subprocess.Popen[str]]:
    """The program that has the edges' sockets, once its port is open, unless that is not to open."""
    file = tmp_path / "edge-app.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    with (tmp_path / "edge-app.log").open("w") as log:
        arguments = [sys.executable, "-m", "edge_tasks.backend.edge_app", str(file)]
        process = subprocess.Popen(arguments, stderr=log, text=True)
    try:
        if opens:
            wait_for_port(config["edge_port"], process)
        yield process
    finally:
        process.kill()
        process.wait()
