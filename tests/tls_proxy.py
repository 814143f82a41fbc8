"""A proxy that ends TLS in front of a backend, as one does in a cloud. It can cut, slow down and restart.

It notes what it saw of each connection, by a clock of its own: so what edges say of themselves can be checked.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import trustme

from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

_APIKEY = re.compile(rb"\r\napikey: *([^\r]*)\r\n", re.IGNORECASE)
_UPGRADED = b"HTTP/1.1 101"


@dataclass
class Passage:
    """What the proxy saw of one connection, in seconds of the monotonic clock.

    Attributes:
        accepted: when the edge came.
        apikey: that it showed.
        upgraded: when the backend's 101 was passed on; None if there was none.
        ended: None while it lasts.
    """

    accepted: float
    apikey: str = ""
    upgraded: float | None = None
    ended: float | None = None


@dataclass
class TlsProxy:
    """The proxy. It runs in a thread of its own.

    Attributes:
        backend: the port on loopback that it leads to.
        context: with its certificate.
        idle_limit: after so many seconds without a byte in one direction it cuts a connection; 0 for never.
        delay: how many seconds each part waits in it.
        port: its own.
        log: all connections so far.
    """

    backend: int
    context: ssl.SSLContext
    idle_limit: float = 0.0
    delay: float = 0.0
    port: int = 0
    log: list[Passage] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _open: dict[asyncio.StreamWriter, Passage] = field(default_factory=dict)

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._do(self._listen())

    def stop(self) -> None:
        """Listen no more, and cut all connections."""
        self._do(self._close())

    def cut(self) -> None:
        """Cut all connections, without a word to either side."""
        self._do(self._cut())

    def spans(self, apikey: str, until: float) -> list[tuple[float, float]]:
        """From when to when a connection with this apikey was upgraded."""
        return [
            (one.upgraded, min(until, one.ended or until))
            for one in self.log
            if one.apikey == apikey and one.upgraded is not None and one.upgraded < until
        ]

    def availability(self, apikey: str, until: float) -> float:
        """The share of the time since an edge first came in which it had an upgraded connection."""
        began = min(one.accepted for one in self.log if one.apikey == apikey)
        return sum(end - begin for begin, end in self.spans(apikey, until)) / (until - began)

    def run(self) -> None:
        """The body of its thread."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._ended.wait())
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    def end(self) -> None:
        """Stop, and end the thread."""
        self.stop()
        self._loop.call_soon_threadsafe(self._ended.set)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(LONG_S)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=self.context, backlog=1000
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._cut()

    async def _cut(self) -> None:
        for writer, passage in list(self._open.items()):
            with suppress(OSError):  # it has just ended by itself
                writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            passage.ended = time.monotonic()
            writer.transport.abort()  # which closes it only after all others have been told

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passage = Passage(time.monotonic())
        self.log.append(passage)
        self._open[writer] = passage
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            found = _APIKEY.search(head)
            passage.apikey = found[1].decode() if found else ""
            inner, outer = await asyncio.open_connection("127.0.0.1", self.backend)
            outer.write(head)
            try:
                await self._pass_on(passage, (reader, outer), (inner, writer))
            finally:
                outer.transport.abort()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            passage.ended = passage.ended or time.monotonic()
            self._open.pop(writer, None)
            writer.transport.abort()

    async def _pass_on(self, passage: Passage, *ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        """Both ways, until one of them ends."""
        tasks = [asyncio.create_task(self._pump(passage, *way)) for way in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError, OSError, asyncio.TimeoutError):
                await task

    async def _pump(self, passage: Passage, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await asyncio.wait_for(reader.read(65536), self.idle_limit or None):
            if self.delay:
                await asyncio.sleep(self.delay)
            writer.write(part)
            if passage.upgraded is None and part.startswith(_UPGRADED):
                passage.upgraded = time.monotonic()
            await writer.drain()


@contextmanager
def tls_proxy(backend: int, folder: Path, idle_limit: float = 0.0) -> Iterator[tuple[TlsProxy, Path]]:
    """A running proxy for ``localhost`` and ``127.0.0.1``, and the file with the certificate of its authority."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    ca_file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    proxy = TlsProxy(backend, context, idle_limit)
    thread = threading.Thread(target=proxy.run, daemon=True)
    thread.start()
    try:
        proxy.start()
        yield proxy, ca_file
    finally:
        proxy.end()
        thread.join(LONG_S)
