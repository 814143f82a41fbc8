"""The edges' websocket: one connection for each edge, refused without a word when its apikey is unknown.

Messages come as callbacks, without a task or a queue for each connection, so ten thousand connections cost
little. Most messages say that nothing has changed; they are known by their bytes and not parsed.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import TYPE_CHECKING, Final

import orjson
from picows import WSCloseCode, WSListener, WSMsgType, ws_create_server

from edge_tasks.backend import json_rpc
from edge_tasks.backend.channel_cache import ChannelCache
from edge_tasks.backend.stand_in import LOG

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from picows import WSFrame, WSTransport, WSUpgradeRequest

    from edge_tasks.backend.json_rpc import JsonObject
    from edge_tasks.backend.known_devices import Device, Devices
    from edge_tasks.backend.stand_in import Backend

_MOST_BYTES: Final = 32 * 1024 * 1024
_BACKLOG: Final = 2048
_UPGRADE_SECONDS: Final = 15.0
_READ_BUFFER: Final = 1024
_PATIENCE: Final = 1.5  # periods without a pong
_WHOLE: Final = (WSMsgType.TEXT, WSMsgType.BINARY)
_PARTS: Final = (*_WHOLE, WSMsgType.CONTINUATION)


async def serve_edges(backend: Backend, sock: socket.socket) -> asyncio.Server:
    """Accept edges on a socket, at any path, as OpenEMS does."""
    # given a name instead of a logger, picows makes a logger for each connection
    log = logging.LoggerAdapter(logging.getLogger("picows.server"), {})

    def arrive(request: WSUpgradeRequest) -> EdgeSocket:
        return EdgeSocket(backend, str(request.headers.get("apikey", "")))

    return await ws_create_server(
        arrive,
        sock=sock,
        backlog=_BACKLOG,
        max_frame_size=_MOST_BYTES,
        websocket_handshake_timeout=_UPGRADE_SECONDS,
        read_buffer_init_size=_READ_BUFFER,
        logger_name=log,
    )


class EdgeSocket(WSListener):
    """A connection, which belongs to an edge once it is admitted.

    Attributes:
        cache: the values that came over it.
    """

    def __init__(self, backend: Backend, apikey: str) -> None:
        self.cache = ChannelCache()
        self._backend = backend
        self._apikey = apikey
        self._transport: WSTransport | None = None
        self._device: Device | None = None
        self._devices: Devices | None = None
        self._parts = b""
        self._early: list[bytes] = []
        self._pong = 0.0
        self._asked: dict[str, asyncio.Future[JsonObject]] = {}

    def admit(self, devices: Devices) -> None:
        """Become the connection of the apikey's device, or be refused; like OpenEMS, without a close frame."""
        if self._transport is None:
            return
        self._device, self._apikey = devices.by_key(self._apikey), ""
        if self._device is None:
            self._backend.counters.refusals += 1
            LOG.info("An edge with an unknown or missing apikey was refused")
            self._transport.disconnect()
            return
        self._pong = time.monotonic()
        self._devices = devices
        self._backend.joined(self, devices, self._device)
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

    def ping(self, period: float) -> None:
        """Send a ping, or drop the socket when it did not answer for one and a half periods (seconds)."""
        if self._transport is None:
            return
        if time.monotonic() - self._pong > _PATIENCE * period:
            LOG.info("%s does not answer pings and is dropped", self._device and self._device.name)
            self._backend.counters.unanswered += 1
            self.drop()
            return
        self._transport.send_ping()

    async def ask(self, user: Mapping[str, str], payload: Mapping[str, object]) -> JsonObject:
        """Send an `authenticatedRpc` request, and wait for the answer as long as it takes."""
        number = self.tell(user, payload)
        answer: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            return await answer
        finally:
            self._asked.pop(number, None)

    def tell(self, user: Mapping[str, str], payload: Mapping[str, object]) -> str:
        """Send an `authenticatedRpc` request, and return its id."""
        number = str(uuid.uuid4())
        params = {"user": user, "payload": payload}
        request = {"jsonrpc": "2.0", "method": "authenticatedRpc", "params": params, "id": number}
        self._backend.counters.requests += 1
        self._send(orjson.dumps(request))
        return number

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Called by the library after the upgrade."""
        self._transport = transport
        self._backend.arrived(self)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002 - the library's
        """Called by the library at the end."""
        self._transport = None
        if self._device is not None and self._devices is not None:
            self._backend.left(self, self._devices, self._device)

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
        device, devices, backend = self._device, self._devices, self._backend
        if device is None or devices is None:
            return
        backend.counters.received += len(text)
        if device.minute < backend.minute:
            devices.heard(device, backend.minute)
        if text == json_rpc.EMPTY:
            backend.counters.data += 1
            return
        try:
            answer = backend.take(self, device, text)
        except json_rpc.InvalidMessageError as error:
            backend.counters.count("invalid")
            LOG.warning("%s sent %s", device.name, error)
            return
        if answer is not None:
            self._send(answer)

    def answered(self, answer: json_rpc.Answer) -> None:
        """Hand an answer to the request that waits for it, if it still does."""
        waiting = self._asked.get(str(answer.id))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.content)

    def _send(self, text: bytes) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, text)
