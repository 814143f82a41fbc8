"""The program on the manager that serves an image, and that on a node, which gives it to an engine."""

from __future__ import annotations

import json
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from edge_tasks.runtimes.swarm import image_loader
from edge_tasks.runtimes.swarm.image_server import ImageServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGE = bytes(range(256)) * 20_000
"""Larger than what is sent at a time."""
TOKEN = "a-token"  # noqa: S105 - of this test
ID = "sha256:12"


@dataclass
class Engine:
    """An engine that has an image as soon as it was loaded, or refuses it."""

    has: bool = False
    keeps_as: str = ID
    status: int = 200
    says: str = json.dumps({"stream": "Loaded image: edge:1\n"})
    reads: int = len(IMAGE)
    loaded: list[bytes] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    server: EngineServer

    def do_GET(self) -> None:
        engine = self.server.engine
        found = engine.has and self.path == f"/images/{engine.keeps_as}/json"
        self.answer(200 if found else 404, "{}")

    def do_POST(self) -> None:
        engine = self.server.engine
        assert self.path == "/images/load?quiet=1"
        assert int(self.headers["Content-Length"]) == len(IMAGE)
        engine.loaded.append(self.rfile.read(engine.reads))
        engine.has = engine.status == 200 and "error" not in engine.says
        self.answer(engine.status, engine.says)

    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def address_string(self) -> str:
        return "a socket without an address"

    def log_message(self, *_: object) -> None:
        pass


class EngineServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, engine: Engine) -> None:
        super().__init__(path, Handler)
        self.engine = engine


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImageServer]:
    """What serves the image, and a node that is told where."""
    (tmp_path / "image.tar").write_bytes(IMAGE)
    (tmp_path / "token").write_text(TOKEN)
    server = ImageServer(tmp_path, 0)
    told = {
        "SERVER": f"127.0.0.1:{server.server_address[1]}",
        "TOKEN_FILE": str(tmp_path / "token"),
        "IMAGE": ID,
        "ENGINE": str(tmp_path / "engine.sock"),
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(image_loader, "_FOUND_S", 0.0)
    with serving(server):
        yield server


def why(folder: Path, engine: Engine) -> str:
    """Why this engine has not got the image in the end."""
    with serving(EngineServer(str(folder / "engine.sock"), engine)):
        return image_loader.main()


@pytest.mark.usefixtures("manager")
def test_an_engine_that_lacks_the_image_is_given_all_of_it(tmp_path: Path) -> None:
    engine = Engine()
    assert why(tmp_path, engine) == ""
    assert engine.loaded == [IMAGE]


@pytest.mark.usefixtures("manager")
def test_an_engine_that_has_the_image_is_given_nothing(tmp_path: Path) -> None:
    engine = Engine(has=True)
    assert why(tmp_path, engine) == ""
    assert engine.loaded == []


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize(
    "engine",
    [
        Engine(status=500, says='{"message": "no space left on device"}'),
        Engine(says='{"stream": "…"}\n{"errorDetail": {}, "error": "no space left on device"}'),
        Engine(status=500, says='{"message": "no space left on device"}', reads=1000),
    ],
    ids=["refused", "refused after it had begun", "refused before it had all of it"],
)
def test_an_engine_that_does_not_take_the_image_says_why(tmp_path: Path, engine: Engine) -> None:
    assert why(tmp_path, engine) == "its engine does not take the image: no space left on device"


@pytest.mark.usefixtures("manager")
def test_an_image_that_the_engine_calls_otherwise_is_not_what_edges_need(tmp_path: Path) -> None:
    assert why(tmp_path, Engine(keeps_as="sha256:13")) == (
        "its engine keeps the image by another id than the manager's does"
    )


@pytest.mark.usefixtures("manager")
def test_a_node_without_an_engine_at_its_socket_says_so(tmp_path: Path) -> None:
    assert image_loader.main().startswith(f"its engine does not answer at {tmp_path}/engine.sock: ")


def test_nobody_gets_the_image_without_the_token(tmp_path: Path, manager: ImageServer) -> None:
    manager.wanted = b"Bearer another"
    assert why(tmp_path, Engine()) == "the manager answered 403"


def test_an_image_that_ends_too_early_is_not_waited_for(tmp_path: Path, manager: ImageServer) -> None:
    engine = Engine()
    with serving(EngineServer(str(tmp_path / "engine.sock"), engine)):
        source = image_loader._served(f"127.0.0.1:{manager.server_address[1]}", TOKEN)
        source.read(1000)
        with source, pytest.raises(image_loader.NotGivenError, match="stopped 1000 bytes before the end"):
            image_loader._load(str(tmp_path / "engine.sock"), source)


def test_a_manager_that_is_not_reached_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manager: ImageServer
) -> None:
    del manager
    monkeypatch.setenv("SERVER", "127.0.0.1:1")
    assert why(tmp_path, Engine()).startswith("it does not reach the manager: ")
