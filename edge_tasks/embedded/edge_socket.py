"""The edges' websocket: one connection an edge, refused without a word when its apikey is unknown."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, WSMsgType, web

from edge_tasks.embedded import rpc
from edge_tasks.embedded.backend import LOG, Backend, now

if TYPE_CHECKING:
    from edge_tasks.embedded.cache import ChannelCache
    from edge_tasks.embedded.devices import Device, Devices

BACKEND: web.AppKey[Backend] = web.AppKey("backend", Backend)
_MOST_BYTES = 32 * 1024 * 1024
_CLOSE_SECONDS = 0.5
_PING_SECONDS = 5.0
_PATIENCE = 1.5  # periods without a pong
_NO_APP_CENTRE = "No AppCenter Metadata provided."


def edge_app(backend: Backend) -> web.Application:
    """The application behind the edges' port; as the real one, it does not look at the path."""
    app = web.Application()
    app[BACKEND] = backend
    app.router.add_get("/{path:.*}", _connect)
    return app


class EdgeSocket:
    """An accepted connection."""

    def __init__(self, request: web.Request, websocket: web.WebSocketResponse, device: Device) -> None:
        self.device = device
        self._request = request
        self._websocket = websocket
        self._pong = time.monotonic()

    async def close(self) -> None:
        """Say good-bye with 1001; a peer that does not answer is dropped."""
        await self._websocket.close(code=WSCloseCode.GOING_AWAY)

    async def ping(self, period: float) -> None:
        """Ping, or drop the peer that did not answer for one and a half periods."""
        if time.monotonic() - self._pong > _PATIENCE * period:
            LOG.info("%s does not answer pings and is dropped", self.device.name)
            self._drop()
            return
        try:
            await asyncio.wait_for(self._websocket.ping(), _PING_SECONDS)
        except (asyncio.TimeoutError, ConnectionError, RuntimeError):
            self._drop()

    async def read(self, backend: Backend, cache: ChannelCache) -> None:
        """Take over messages until the connection ends."""
        async for message in self._websocket:
            if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                await self._take(backend, cache, message.data)
            elif message.type == WSMsgType.PING:
                await self._websocket.pong(message.data)
            elif message.type == WSMsgType.PONG:
                self._pong = time.monotonic()

    async def _take(self, backend: Backend, cache: ChannelCache, text: str | bytes) -> None:
        try:
            message = rpc.parse(text)
        except rpc.InvalidMessageError as error:
            LOG.warning("%s sent %s", self.device.name, error)
            return
        if message is None:
            return
        if message.id is None:
            await backend.take(self.device, cache, message)
        else:
            await self._websocket.send_str(rpc.refusal(message.id, _refused(message.method)).decode())

    def _drop(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()


def _refused(method: str) -> rpc.RpcError:
    """The only request that a backend knows of edges is for an app centre, which there is none of."""
    return rpc.RpcError(_NO_APP_CENTRE) if method == "appCenter" else rpc.unhandled(method)


async def _connect(request: web.Request) -> web.WebSocketResponse:
    """Accept a connection and read it to its end."""
    backend = request.app[BACKEND]
    websocket = web.WebSocketResponse(
        timeout=_CLOSE_SECONDS, autoping=False, compress=False, max_msg_size=_MOST_BYTES
    )
    await websocket.prepare(request)
    await backend.ready.wait()
    devices = backend.devices
    device = devices.by_key(request.headers.get("apikey"))
    if device is None:
        LOG.info("An edge with an unknown or missing apikey was refused")
        if request.transport is not None:
            request.transport.close()  # no close frame, as the real one
        return websocket
    await _serve(backend, devices, EdgeSocket(request, websocket, device))
    return websocket


async def _serve(backend: Backend, devices: Devices, socket: EdgeSocket) -> None:
    cache = devices.connect(socket.device, now())
    backend.sockets.add(socket)
    try:
        with suppress(ConnectionError):  # the peer went while it was being answered
            await socket.read(backend, cache)
    finally:
        backend.sockets.discard(socket)
        devices.disconnect(socket.device, cache)
