"""An edge's websocket, made for ten thousand of them in a process.

A connection is one object and no task: frames come as callbacks, and a sender asks whether it is full.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

from picows import (
    WSCloseCode,
    WSError,
    WSFrame,
    WSHandshakeError,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

from edge_tasks.light.wire.tls import trust

if TYPE_CHECKING:
    from pathlib import Path

    from picows.picows import WSCloseHandshake

    from edge_tasks.light.wire.endpoint import Endpoint
    from edge_tasks.light.wire.tally import Tally

_TEXT: Final = WSMsgType.TEXT
"""Looked up once: a member of an enum costs 90 ns each time, of the 230 ns of sending without the library."""
_UPGRADE_TIMEOUT: Final = 15.0
_PING_AFTER: Final = 40.0
"""In seconds. Many proxies cut a connection on which one side is silent for 60 s, as the backend may be."""
_SILENT_AFTER: Final = 75.0
_READ_BUFFER: Final = 512
"""In bytes. It grows with what comes, which is little: an edge gets one ping a minute."""
_SMALL: Final = 1008
"""In bytes. A connection has a buffer of 1024, which grows for ever, so a large message is sent from its own."""
_MOST_HEADER: Final = 14
_MOST_BYTES: Final = 4 * 1024 * 1024
_UNAUTHORIZED: Final = (401, 403)
_LOOPBACK: Final = ("127.0.0.1", "localhost")


class NoWebsocketError(Exception):
    """A websocket could not be opened; the text says why.

    Attributes:
        refused: whether the backend refuses this apikey.
    """

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused


class Owner(Protocol):
    """Receives what happens on a connection."""

    def heard(self, message: bytes) -> None:
        """A message came."""

    def ponged(self, seconds: float) -> None:
        """The backend answered a ping after so many seconds."""

    def ended(self, close_code: int | None) -> None:
        """The connection is gone; the code is of the backend's close frame, None when there was none."""


class Connection(WSListener):
    """One open websocket.

    Args:
        owner: is told what comes.
        tally: where messages are counted.

    Attributes:
        is_full: whether the backend has not taken what was sent, so that nothing more may be sent.
    """

    __slots__ = ("_heard", "_owner", "_parts", "_pinged", "_tally", "_transport", "is_full")

    def __init__(self, owner: Owner, tally: Tally) -> None:
        self._owner = owner
        self._tally = tally
        self._transport: WSTransport | None = None
        self._parts = b""
        self._heard = time.monotonic()
        self._pinged = 0.0
        self.is_full = False

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self._transport is not None

    @property
    def dead_for(self) -> float:
        """How many seconds ago the backend was heard last, if that is too long ago; else 0."""
        silent = time.monotonic() - self._heard
        return silent if silent >= _SILENT_AFTER else 0.0

    def send(self, message: bytes) -> None:
        """Send a text message; nothing happens once the connection is gone."""
        transport = self._transport
        if transport is None:
            return
        size = len(message)
        self._tally.messages += 1
        self._tally.bytes += size
        if size < _SMALL:
            transport.send(_TEXT, message)
            return
        framed = bytearray(_MOST_HEADER) + message
        transport.send_reuse_external_bytearray(_TEXT, framed, _MOST_HEADER)

    def leave(self) -> None:
        """Begin to close it, with code 1000."""
        if self._transport is not None:
            self._transport.send_close(WSCloseCode.OK)

    async def left(self) -> None:
        """Wait until it is closed."""
        if self._transport is not None:
            await self._transport.wait_disconnected()

    def drop(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.disconnect(graceful=False)

    def watch(self) -> None:
        """Ping a backend that is silent for 40 s, and drop it after 75."""
        silent = time.monotonic() - self._heard
        if self._transport is None or self.is_full or silent < _PING_AFTER:
            return
        if silent >= _SILENT_AFTER:
            self.drop()
        elif not self._pinged:
            self._pinged = time.monotonic()
            self._transport.send_ping()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Called by the library after the upgrade."""
        self._transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Called by the library at the end."""
        code = None
        handshake: WSCloseHandshake | None = transport.close_handshake
        if handshake is not None and handshake.recv is not None:
            code = int(handshake.recv.code)  # type: ignore[call-overload] # in fact an IntEnum or an int
        if self._transport is not None:
            self._transport = None
            self._owner.ended(code)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Called by the library with each frame; pings are answered before."""
        self._heard = time.monotonic()
        pinged, self._pinged = self._pinged, 0.0
        kind = frame.msg_type
        if kind in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            self._parts += frame.get_payload_as_bytes()
            if len(self._parts) > _MOST_BYTES:
                transport.disconnect(graceful=False)
            elif frame.fin:
                message, self._parts = self._parts, b""
                self._owner.heard(message)
        elif kind == WSMsgType.PONG and pinged:
            self._owner.ponged(self._heard - pinged)
        elif kind == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()

    def pause_writing(self) -> None:
        """Called by the library when the backend does not take what was sent.

        Then nothing is read from it, either: answers to a backend that does not listen would fill the memory.
        """
        self.is_full = True
        self._listen(wanted=False)

    def resume_writing(self) -> None:
        """Called by the library when the backend takes messages again."""
        self.is_full = False
        self._heard = time.monotonic()
        self._listen(wanted=True)

    def _listen(self, *, wanted: bool) -> None:
        if self._transport is not None:
            transport = self._transport.underlying_transport
            with suppress(RuntimeError):  # it is closing
                transport.resume_reading() if wanted else transport.pause_reading()


async def connect(
    endpoint: Endpoint, connection: Connection, source: str = "", ca_file: Path | None = None
) -> None:
    """Open a websocket.

    Args:
        endpoint: where to connect.
        connection: the one to open.
        source: the address to connect from to a backend on loopback; empty for the system's choice.
        ca_file: see :func:`.trust`.

    Raises:
        NoWebsocketError: it could not be opened.
    """
    place = endpoint.place
    try:
        await ws_connect(
            lambda: connection,
            str(endpoint.uri),
            ssl_context=trust(ca_file) if endpoint.uri.scheme == "wss" else None,
            websocket_handshake_timeout=_UPGRADE_TIMEOUT,
            extra_headers={"apikey": endpoint.apikey},
            max_frame_size=_MOST_BYTES,
            max_redirects=0,
            read_buffer_init_size=_READ_BUFFER,
            local_addr=(source, 0) if source and endpoint.uri.host in _LOOPBACK else None,
        )
    except WSHandshakeError as error:
        if error.response is None:
            raise NoWebsocketError(f"no websocket connection to {place}: {type(error).__name__}") from None
        status = int(error.response.status)
        why = f"{place} answered the upgrade with HTTP {status}"
        raise NoWebsocketError(why, refused=status in _UNAUTHORIZED) from None
    except ssl.SSLCertVerificationError as error:
        raise NoWebsocketError(f"the certificate of {place} is not valid: {error.verify_message}") from None
    except OSError as error:
        raise NoWebsocketError(f"no connection to {place}: {error.strerror or 'no address'}") from None
    except (WSError, asyncio.TimeoutError, ValueError) as error:
        raise NoWebsocketError(f"no websocket connection to {place}: {type(error).__name__}") from None
