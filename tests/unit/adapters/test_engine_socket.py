"""Containers asked at a socket that answers as an engine does."""

from __future__ import annotations

import json
import socketserver
import tempfile
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from edge_tasks.adapters import engine_socket
from edge_tasks.errors import CommandFailed
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator

LABEL = "com.docker.compose.project=p"


class Engine(socketserver.UnixStreamServer):
    """Has two containers with the label, of which one goes while it is asked."""

    refuses = False

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Handler)
        self.asked: list[str] = []
        self.hangs = threading.Event()
        self.hangs.set()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Engine

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.hangs.wait(LONG_S)
        query = parse_qs(urlsplit(self.path).query)
        if self.server.refuses:
            self._answer(500, {"message": "it is shutting down"})
        elif self.path.startswith("/containers/json"):
            assert (query["all"], json.loads(query["filters"][0])) == (["1"], {"label": [LABEL]})
            self._answer(200, [{"Id": "one"}, {"Id": "gone"}])
        elif self.path == "/containers/one/json":
            self._answer(200, {"Id": "one", "Name": "/p-db-1"})
        else:
            self._answer(404, {"message": "No such container"})

    def _answer(self, status: int, found: object) -> None:
        text = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """In a folder of a short name: the path of a socket has a hundred characters at most."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, Engine(Path(folder, "engine")) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{folder}/engine")
        yield server
        server.shutdown()


def test_containers_are_described_as_the_program_does_and_one_that_goes_is_left_out(engine: Engine) -> None:
    assert engine_socket.inspected(LABEL) == [{"Id": "one", "Name": "/p-db-1"}]
    assert len(engine.asked) == 3


def test_one_thing_is_asked_and_may_not_be_there(engine: Engine) -> None:
    assert engine_socket.get("/containers/one/json") == (200, {"Id": "one", "Name": "/p-db-1"})
    assert engine_socket.get("/images/openems%2Fedge%3A1/json") == (404, {"message": "No such container"})
    engine.refuses = True
    assert engine_socket.get("/info") is None


def test_if_the_engine_refuses_the_program_says_why(engine: Engine) -> None:
    engine.refuses = True
    assert engine_socket.inspected(LABEL) is None


def test_an_engine_that_hangs_is_said_at_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_socket, "_SECONDS", 0.05)
    engine.hangs.clear()
    with pytest.raises(CommandFailed, match="the Docker Engine did not answer within"):
        engine_socket.get("/info")
    engine.hangs.set()


def test_without_a_socket_the_program_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nothing")
    assert engine_socket.inspected(LABEL) is None
    monkeypatch.setenv("DOCKER_HOST", "ssh://somewhere")
    assert engine_socket.inspected(LABEL) is None


USUAL = "/var/run/docker.sock"


@pytest.mark.parametrize(
    ("variable", "config", "expected"),
    [
        ("", None, USUAL),
        ("", "{}", USUAL),
        ("", "damaged", USUAL),
        ("", '{"currentContext": "default"}', USUAL),
        ("", '{"currentContext": "desktop-linux"}', None),
        ("remote", "{}", None),
        ("default", '{"currentContext": "remote"}', USUAL),
    ],
)
def test_a_context_that_is_not_the_usual_one_is_left_to_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, config: str | None, expected: str | None
) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONTEXT", variable)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    assert engine_socket.socket_path() == expected
