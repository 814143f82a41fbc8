"""The keeper as an HTTP server beside the backend, of which tasks on other machines ask what they need.

Each request has ``Authorization: Bearer TOKEN``; those about a part also have ``X-Task``, an id of the task::

    GET    /program          the light edges' program, a tar.gz
    GET    /fleet            the fleet file
    GET    /memories         the names of the memory files, a JSON list
    GET    /memories/NAME    one of them
    POST   /parts/N/wish     take a part, N if it is free; {"part": int, "fleet": digest of the fleet file}
    POST   /parts/N          renew the lease of a part; the same answer
    PUT    /parts/N/status   what the part's process says of its edges
    PUT    /parts/N/memory   what they have counted
    DELETE /parts/N          release the lease

A task that does not get a part, or has it no longer, is answered with 409.
"""

from __future__ import annotations

import logging
import re
import signal
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

import orjson

from edge_tasks.light.host import memories
from edge_tasks.light.nodes.files import FLEET_FILE, MEMORIES, MEMORY, PORT, STATUS
from edge_tasks.light.nodes.keeper import Keeper
from edge_tasks.light.nodes.program import Program

if TYPE_CHECKING:
    import socket
    from pathlib import Path

_LOG: Final = logging.getLogger(__name__)
_PART: Final = re.compile(r"/parts/([0-9]{1,4})(/status|/memory|/wish)?")
_KINDS: Final = {"/status": STATUS, "/memory": MEMORY}
_LOOK_S: Final = 1.0


def serve(folder: Path, program: Path, port: int = PORT) -> None:
    """Serve until the process is ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the first process of a container ignores it otherwise
    server = server_of(Keeper(folder, Program(program)), port)
    _LOG.info("keeps %s at port %d", folder, port)
    server.serve_forever()


def server_of(keeper: Keeper, port: int) -> ThreadingHTTPServer:
    """The server of a keeper, which also looks after leases."""

    class Handler(_Handler):
        owner = keeper

    server = _Server(("", port), Handler)
    threading.Thread(target=_look_after, args=(keeper, server.closed), daemon=True).start()
    return server


def _look_after(keeper: Keeper, closed: threading.Event) -> None:
    while not closed.wait(_LOOK_S):
        try:
            keeper.forget_expired()
            keeper.serve_metrics()
        except Exception:  # noqa: BLE001, PERF203 - whatever it was, the next look may succeed, and leases must end
            _LOG.exception("not looked after")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        super().__init__(address, handler)
        self.closed = threading.Event()

    def server_close(self) -> None:
        """Close it, after which nothing of its keeper is done any more."""
        self.closed.set()
        super().server_close()

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Say in one line that a task did not wait for the answer, and everything of what we did wrong."""
        error = sys.exc_info()[1]
        if isinstance(error, ConnectionError | TimeoutError):
            _LOG.info("%s: %s", client_address, error)
        else:
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    owner: Keeper
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """Answer with what the task asks for."""
        if not self._may():
            return
        folder = self.owner.folder
        name = self.path.removeprefix("/memories/")
        if self.path == "/program":
            self._say(HTTPStatus.OK, self.owner.program.packed())
        elif self.path == "/fleet":
            self._say(HTTPStatus.OK, (folder / FLEET_FILE).read_bytes())
        elif self.path == "/memories":
            self._say(HTTPStatus.OK, orjson.dumps([file.name for file in memories.family(folder / MEMORIES)]))
        elif name in {file.name for file in memories.family(folder / MEMORIES)}:
            self._say(HTTPStatus.OK, (folder / name).read_bytes())
        else:
            self._say(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Give or renew a lease."""
        if not self._may() or not (found := self._part()):
            return
        is_wish, node = found[2] == "/wish", self.headers.get("X-Node", "")
        told = self.owner.lease(int(found[1]), self._task, node, is_wish=is_wish)
        self._say(HTTPStatus.CONFLICT if told is None else HTTPStatus.OK, orjson.dumps(told))

    def do_PUT(self) -> None:
        """Keep what a part says."""
        if not self._may() or not (found := self._part()):
            return
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length)
        if len(content) < length:  # the task was killed: half a file must not replace a whole one
            self.close_connection = True
            return
        name = _KINDS.get(found[2])
        kept = name is not None and self.owner.keep(int(found[1]), self._task, name, content)
        self._say(HTTPStatus.OK if kept else HTTPStatus.CONFLICT)

    def do_DELETE(self) -> None:
        """End a lease."""
        if not self._may() or not (found := self._part()):
            return
        with self.owner.lock:
            self.owner.leases.release(int(found[1]), self._task)
        self.owner.forget_expired()
        self._say(HTTPStatus.OK)

    def _part(self) -> re.Match[str] | None:
        found = _PART.fullmatch(self.path)
        if found is None:
            self._say(HTTPStatus.NOT_FOUND)
        return found

    @property
    def _task(self) -> str:
        return self.headers.get("X-Task", "")

    def _may(self) -> bool:
        allowed = self.owner.is_allowed(self.headers.get("Authorization", ""))
        if not allowed:
            self.close_connection = True
            self._say(HTTPStatus.UNAUTHORIZED)
        return allowed

    def _say(self, status: HTTPStatus, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""
