"""The keeper: an HTTP server beside the backend, of which tasks on other machines ask what they need.

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

The files are those of a light host in one place, see :mod:`edge_tasks.light.host.host`: whoever reads them need
not know where edges run. The status of a part whose lease is over is removed.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

from edge_tasks.light.host import fleet_file, memories
from edge_tasks.light.host.json_file import replace_file, write_json
from edge_tasks.light.nodes.files import FLEET_FILE, MEMORIES, MEMORY, NODES_FILE, PORT, STATUS, TOKEN_FILE
from edge_tasks.light.nodes.kept_metrics import KeptMetrics
from edge_tasks.light.nodes.leases import Leases
from edge_tasks.light.nodes.program import Program

if TYPE_CHECKING:
    from pathlib import Path

_LOG: Final = logging.getLogger(__name__)
_STATUS_NAME: Final = re.compile(r"light-status-([0-9]+)\.json")
_PART: Final = re.compile(r"/parts/([0-9]{1,4})(/status|/memory|/wish)?")
_KINDS: Final = {"/status": STATUS, "/memory": MEMORY}
_LOOK_S: Final = 1.0


class _Told(NamedTuple):
    """What the keeper itself needs of the fleet file."""

    digest: str
    parts: int
    metrics_port: int


@dataclass
class Keeper:
    """What the server knows.

    Attributes:
        folder: with the fleet file, the token, and the files of the parts.
        program: the light edges' program.
        metrics: once they are served.
    """

    folder: Path
    program: Program
    lock: threading.Lock = field(default_factory=threading.Lock)
    leases: Leases = field(init=False)
    metrics: KeptMetrics | None = field(default=None, init=False)
    _read: tuple[fleet_file.Stamp | None, _Told] = field(default=(None, _Told("", 0, 0)), init=False)
    _noted: dict[str, str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Parts that an earlier keeper heard of may still be run, also if their status was removed since then."""
        heard_of = (_STATUS_NAME.fullmatch(file.name) for file in self.folder.iterdir())
        told = {int(found[1]) for found in heard_of if found}
        self.leases = Leases(time.monotonic(), frozenset(told | self._noted_before()))

    def _noted_before(self) -> set[int]:
        """The parts of which an earlier keeper has noted a node; none if the file is not there or is damaged."""
        try:
            return {int(part) for part in orjson.loads((self.folder / NODES_FILE).read_bytes())}
        except (OSError, ValueError):
            return set()

    def lease(self, part: int, task: str, node: str, *, is_wish: bool) -> dict[str, object] | None:
        """Give or renew a lease; what the task is told, None if it does not get the part."""
        told = self._told()
        with self.lock:
            now = time.monotonic()
            if is_wish:
                found = self.leases.take(part, told.parts, task, node, now)
                if found is not None:
                    self._forget(found)
            elif part < told.parts:
                found = part if self.leases.renew(part, task, node, now) else None
            else:  # of a larger earlier fleet
                self.leases.release(part, task)
                found = None
            self._note_nodes()
        return None if found is None else {"part": found, "fleet": told.digest}

    def _told(self) -> _Told:
        """What the fleet file says; read again only when it was written."""
        stamp = fleet_file.stamp(self.folder / FLEET_FILE)
        if self._read[0] != stamp:
            content = (self.folder / FLEET_FILE).read_bytes()
            found, digest = orjson.loads(content), hashlib.sha256(content).hexdigest()
            self._read = stamp, _Told(digest, found["processes"], found.get("metrics_port", 0))
        return self._read[1]

    def _note_nodes(self) -> None:
        """Write down where the parts run, if that has changed."""
        nodes = {str(part): node for part, node in self.leases.nodes(time.monotonic())}
        if nodes == self._noted:
            return
        try:
            write_json(self.folder / NODES_FILE, nodes)
        except OSError as error:  # leases matter more than what people see; it is tried again
            _LOG.error("%s cannot be written: %s", NODES_FILE, error)
        else:
            self._noted = nodes

    def is_allowed(self, authorization: str) -> bool:
        """Whether a request has the token."""
        token = (self.folder / TOKEN_FILE).read_bytes().strip()
        return hmac.compare_digest(authorization.encode(), b"Bearer " + token)

    def keep(self, part: int, task: str, kind: str, content: bytes) -> bool:
        """Replace a file of a part; False if the task does not have its lease."""
        with self.lock:
            if not self.leases.has(part, task, time.monotonic()):
                return False
            replace_file(self.folder / _KINDS[kind].format(part), content)
            return True

    def forget_expired(self) -> None:
        """Remove what was said of edges that nobody runs."""
        with self.lock:
            for part in self.leases.expired(time.monotonic()):
                self._forget(part)
            self._note_nodes()

    def _forget(self, part: int) -> None:
        """Remove what an earlier task has said of the edges of a part, if it is there."""
        status = self.folder / STATUS.format(part)
        if self.metrics and status.exists():
            self.metrics.ended(part)
        status.unlink(missing_ok=True)

    def serve_metrics(self) -> None:
        """Serve metrics where the fleet file says, if it does; called every second or so.

        Raises:
            OSError: the fleet file cannot be read.
            FleetFileError: it is none.
        """
        if self.metrics is None and not self._told().metrics_port:
            return  # its edges need memory here only for that
        with self.lock:
            self.metrics = self.metrics or KeptMetrics(self.folder / FLEET_FILE, self._nodes)
            self.metrics.follow()

    def _nodes(self) -> dict[int, str]:
        return {int(part): node for part, node in (self._noted or {}).items()}


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
        except (OSError, fleet_file.FleetFileError) as error:  # noqa: PERF203 - the next look may succeed
            _LOG.error("not looked after: %s", error)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        super().__init__(address, handler)
        self.closed = threading.Event()

    def server_close(self) -> None:
        """Close it, after which nothing of its keeper is done any more."""
        self.closed.set()
        super().server_close()

    def handle_error(self, _request: object, client: object) -> None:
        """Say in one line what went wrong with a task: mostly that it did not wait for the answer."""
        _LOG.error("%s: %s", client, sys.exc_info()[1])


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
        kept = found[2] in _KINDS and self.owner.keep(int(found[1]), self._task, found[2], content)
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
