from __future__ import annotations

import json
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from edge_tasks.errors import BackendError, BackendHangs
from edge_tasks.proof import backend_api
from edge_tasks.proof.backend_api import BackendApi
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def answering() -> Iterator[Callable[[Callable[[bytes], tuple[int, bytes]]], BackendApi]]:
    """What makes a program that answers each call with a status and a text, where a REST API is looked for."""
    servers: list[HTTPServer] = []

    def serve(answer: Callable[[bytes], tuple[int, bytes]]) -> BackendApi:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, text = answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return BackendApi(f"http://127.0.0.1:{servers[-1].server_port}", "admin", "s3cret")

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def served(answering: Callable[..., BackendApi]) -> Callable[..., BackendApi]:
    """Something that answers every call alike, but for some failures before."""

    def serve(code: int, body: bytes, failures: int = 0) -> BackendApi:
        answers = iter([(500, b"")] * failures)
        return answering(lambda _call: next(answers, (code, body)))

    return serve


@pytest.mark.parametrize("code", [401, 500])
def test_a_refused_login_is_told_with_what_to_do_and_without_the_password(
    served: Callable[[int, bytes], BackendApi], code: int
) -> None:
    with pytest.raises(BackendError, match=rf"answered {code}: it does not accept admin") as refused:
        served(code, b"").online(["edge0"])
    assert "inv odoo-init" in refused.value.hint
    assert "s3cret" not in f"{refused.value} {refused.value.hint}"


@pytest.mark.parametrize("body", [b"<html>a web page</html>", b"[1]", b""])
def test_what_is_not_a_rest_api_is_called_so(served: Callable[[int, bytes], BackendApi], body: bytes) -> None:
    with pytest.raises(BackendError, match="is not a B2B REST API"):
        served(200, body).online(["edge0"])


def test_one_failure_of_a_busy_backend_is_not_an_answer(served: Callable[..., BackendApi]) -> None:
    busy = served(200, b'{"result": {"edge0": {"online": true}}}', failures=1)
    assert busy.online(["edge0"]) == {"edge0": True}


@pytest.fixture
def refusing(answering: Callable[..., BackendApi]) -> Callable[[int], BackendApi]:
    """A backend that refuses a whole call for one edge that it does not know: with 200, since 2025.6 with 400."""

    def serve(code: int) -> BackendApi:
        def answer(call: bytes) -> tuple[int, bytes]:
            asked = json.loads(call)["params"]
            names = asked.get("edgeIds") or asked.get("ids")
            if "edge7" in names:
                return code, b'{"error": {}}'
            return 200, json.dumps({"result": {name: {"online": True} for name in names}}).encode()

        return answering(answer)

    return serve


@pytest.mark.parametrize("code", [200, 400])
def test_one_edge_that_the_backend_does_not_know_hides_no_other(
    refusing: Callable[[int], BackendApi], code: int
) -> None:
    names = [f"edge{index}" for index in range(10)]
    others = set(names) - {"edge7"}
    assert refusing(code).online(names).keys() == others
    assert refusing(code).values(names, ["_sum/State"]).keys() == others
    assert refusing(code).online(["edge7"]) == {}


def test_nobody_there_is_told() -> None:
    with pytest.raises(BackendError, match="does not answer"):
        BackendApi("http://127.0.0.1:1", "admin", "x").online(["edge0"])


@pytest.fixture
def edge_port() -> Iterator[Callable[[type[socketserver.BaseRequestHandler]], int]]:
    """A port that treats each connection as a handler does."""
    servers: list[socketserver.TCPServer] = []

    def listen(handler: type[socketserver.BaseRequestHandler]) -> int:
        servers.append(socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return int(servers[-1].server_address[1])

    yield listen
    for server in servers:
        server.shutdown()
        server.server_close()


class RealBackend(socketserver.StreamRequestHandler):
    """As OpenEMS 2024.7.0 in its worst case: an opening without apikey is dropped before it is answered."""

    def handle(self) -> None:
        headers = b"".join(iter(self.rfile.readline, b"\r\n"))
        if b"upgrade: websocket" not in headers.lower():
            self.wfile.write(b"HTTP/1.1 404 WebSocket Upgrade Failure\r\nContent-Length: 0\r\n\r\n")


class Forwarded(socketserver.BaseRequestHandler):
    """As a port that Docker publishes while nothing listens in the container: accepted and closed."""


class WebPage(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        b"".join(iter(self.rfile.readline, b"\r\n"))
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def test_a_backend_that_drops_what_has_no_apikey_takes_websockets_all_the_same(
    edge_port: Callable[[type[socketserver.BaseRequestHandler]], int],
) -> None:
    assert BackendApi.opens_websockets(edge_port(RealBackend))


@pytest.mark.parametrize("handler", [Forwarded, WebPage])
def test_a_port_without_a_websocket_server_takes_none(
    edge_port: Callable[[type[socketserver.BaseRequestHandler]], int],
    handler: type[socketserver.BaseRequestHandler],
) -> None:
    assert not BackendApi.opens_websockets(edge_port(handler))


class SilentAboutEdges(socketserver.StreamRequestHandler):
    """As 2026.4.0 with Odoo: a call is taken and never answered, while other requests are."""

    def handle(self) -> None:
        request = b"".join(iter(self.rfile.readline, b"\r\n"))
        if request.startswith(b"GET"):
            self.wfile.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        else:
            self.rfile.read()  # until nobody waits any more


def test_a_backend_that_answers_other_requests_hangs_at_this_call(
    edge_port: Callable[[type[socketserver.BaseRequestHandler]], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_api, "_ALIVE_S", LONG_S)
    url = f"http://127.0.0.1:{edge_port(SilentAboutEdges)}"
    with pytest.raises(BackendHangs):
        BackendApi(url, "admin", "s3cret").post(url, b"{}", "application/json", timeout_s=0.2)


def test_a_program_that_answers_nothing_is_silent_and_does_not_only_hang_at_a_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backend_api, "_ALIVE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as paused:  # the kernel takes calls for it
        url = f"http://127.0.0.1:{paused.getsockname()[1]}"
        with pytest.raises(BackendError, match="does not answer within") as silent:
            BackendApi(url, "admin", "s3cret").post(url, b"{}", "application/json", timeout_s=0.2)
    assert not isinstance(silent.value, BackendHangs)
