"""The edges' websocket: one connection for each edge, refused without a word when its apikey is unknown.

Messages come as callbacks, without a task or a queue for each connection, so ten thousand connections cost
little. Most messages say that nothing has changed; they are known by their bytes and not parsed.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from picows import WSCloseCode, WSListener, WSMsgType, ws_create_server

from edge_tasks.backend.edge_connection import EdgeConnection
from edge_tasks.backend.stand_in import LOG

if TYPE_CHECKING:
    import asyncio
    import socket

    from picows import WSFrame, WSTransport, WSUpgradeRequest

    from edge_tasks.backend.known_devices import Devices
    from edge_tasks.backend.sockets import Hub

_MOST_BYTES: Final = 32 * 1024 * 1024
_BACKLOG: Final = 2048
_UPGRADE_SECONDS: Final = 15.0
_READ_BUFFER: Final = 1024
_PATIENCE: Final = 1.5  # periods without a pong
_WHOLE: Final = (WSMsgType.TEXT, WSMsgType.BINARY)
_PARTS: Final = (*_WHOLE, WSMsgType.CONTINUATION)


async def serve_edges(hub: Hub, sock: socket.socket) -> asyncio.Server:
    """Accept edges on a socket, at any path, as OpenEMS does."""
    # given a name instead of a logger, picows makes a logger for each connection
    log = logging.LoggerAdapter(logging.getLogger("picows.server"), {})

    def arrive(request: WSUpgradeRequest) -> EdgeSocket:
        return EdgeSocket(hub, str(request.headers.get("apikey", "")))

    return await ws_create_server(
        arrive,
        sock=sock,
        backlog=_BACKLOG,
        max_frame_size=_MOST_BYTES,
        websocket_handshake_timeout=_UPGRADE_SECONDS,
        read_buffer_init_size=_READ_BUFFER,
        logger_name=log,
    )


class EdgeSocket(EdgeConnection, WSListener):
    """A connection, which belongs to an edge once it is admitted."""

    def __init__(self, hub: Hub, apikey: str) -> None:
        super().__init__(hub)
        self._apikey = apikey
        self._transport: WSTransport | None = None
        self._parts = b""
        self._early: list[bytes] = []
        self._pong = 0.0

    def admit(self, devices: Devices) -> None:
        """Become the connection of the apikey's device, or be refused; like OpenEMS, without a close frame."""
        if self._transport is None:
            return
        self._device, self._apikey = devices.by_key(self._apikey), ""
        if self._device is None:
            self._hub.counters.refusals += 1
            LOG.info("An edge with an unknown or missing apikey was refused")
            self._transport.disconnect()
            return
        self._pong = time.monotonic()
        self._devices = devices
        self._hub.lines.opened(self)
        self._hub.joined(self, devices, self._device)
        early, self._early = self._early, []
        for text in early:
            self._take(text)

    def close(self) -> None:
        """Send a close frame with code 1001, and do not wait for the answer."""
        if self._transport is not None:
            self._transport.send_close(WSCloseCode.GOING_AWAY)

    def drop(self) -> None:
        """End it at once, without a close frame."""
        if self._transport is not None:
            self._transport.disconnect(graceful=False)

    def send(self, text: bytes) -> None:
        """Send a message, unless the connection has ended."""
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, text)

    def ping(self, period: float) -> None:
        """Send a ping, or drop the socket when it did not answer for one and a half periods (seconds)."""
        if self._transport is None:
            return
        if time.monotonic() - self._pong > _PATIENCE * period:
            LOG.info("%s does not answer pings and is dropped", self._device and self._device.name)
            self._hub.counters.unanswered += 1
            self.drop()
            return
        self._transport.send_ping()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Called by the library after the upgrade."""
        self._transport = transport
        self._hub.arrived(self)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002 - the library's
        """Called by the library at the end."""
        self._transport = None
        if self._device is not None and self._devices is not None:
            self._hub.left(self, self._devices, self._device)
            self._hub.lines.ended(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Called by the library with each frame; it answers pings itself."""
        kind = frame.msg_type
        if kind in _PARTS:
            text = frame.get_payload_as_bytes()
            if self._device is not None and frame.fin and not self._parts:
                self._take(text)
            else:
                self._collect(transport, text, last=frame.fin)
        elif kind == WSMsgType.PONG:
            self._pong = time.monotonic()
        elif kind == WSMsgType.CLOSE:
            if not transport.is_close_frame_sent:
                transport.send_close(frame.get_close_code())
            transport.disconnect()

    def pause_writing(self) -> None:
        """Called by the library when the edge does not read. Little is sent to it, and pings find out."""

    def resume_writing(self) -> None:
        """Called by the library when the edge reads again."""

    def _collect(self, transport: WSTransport, text: bytes, *, last: bool) -> None:
        """Keep a part of a message, or a message that came before the backend was ready."""
        self._parts += text
        if len(self._parts) + sum(map(len, self._early)) > _MOST_BYTES:
            transport.disconnect(graceful=False)
        elif last:
            message, self._parts = self._parts, b""
            if self._device is None:
                self._early.append(message)
            else:
                self._take(message)

    def _take(self, text: bytes) -> None:
        """Take over a message, and answer it when it is a request."""
        answer = self.take(text)
        if answer is not None:
            self.send(answer)
