"""The websocket between the two programs of a backend, as either of them uses it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import aiohttp

from edge_tasks.backend import json_rpc
from edge_tasks.backend.stand_in import LOG

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

HEARTBEAT_SECONDS: Final = 30.0
MOST_BYTES: Final = 32 * 1024 * 1024
EDGE_RPC: Final = "edgeRpc"
"""What is sent to an edge or by one is the payload of this method; ``edgeId`` is the edge's name."""
CONNECTED: Final = "connectedEdges"
"""The names of all edges that have a socket, whenever these have changed."""
APIKEYS: Final = "updateMetadataCache"
"""The name of each edge by its apikey, when the programs have connected."""


class Peer:
    """The other program. What is sent to it waits for its turn, so nobody has to wait for it."""

    def __init__(self, websocket: web.WebSocketResponse | aiohttp.ClientWebSocketResponse[bool]) -> None:
        self._websocket = websocket
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self._closing: asyncio.Future[bool] | None = None

    def send(self, text: bytes) -> None:
        """Send a message."""
        self._waiting.put_nowait(text)

    def notify(self, method: str, **params: object) -> None:
        """Send a notification."""
        self.send(json_rpc.dumped({"jsonrpc": "2.0", "method": method, "params": params}))

    def request(self, number: str, method: str, **params: object) -> None:
        """Send a request."""
        self.send(json_rpc.dumped({"jsonrpc": "2.0", "method": method, "params": params, "id": number}))

    def answer(self, number: object, **content: object) -> None:
        """Send an answer, with a `result` or an `error`."""
        self.send(json_rpc.dumped({"jsonrpc": "2.0", "id": number, **content}))

    async def attend(self, told: Callable[[json_rpc.Message | json_rpc.Answer], Awaitable[None]]) -> None:
        """Take over what it sends, until the connection ends. A message that makes no sense is logged."""
        writing = asyncio.create_task(self._write())
        try:
            async for frame in self._websocket:
                if frame.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    await self._hand_on(frame.data, told)
        finally:
            writing.cancel()

    def close(self) -> None:
        """End the connection, and do not wait for it."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._websocket.close(code=aiohttp.WSCloseCode.GOING_AWAY))

    @staticmethod
    async def _hand_on(
        text: str | bytes, told: Callable[[json_rpc.Message | json_rpc.Answer], Awaitable[None]]
    ) -> None:
        try:
            await told(json_rpc.parse(text))
        except (json_rpc.InvalidMessageError, json_rpc.RpcError) as error:
            LOG.warning("The other program sent what makes no sense: %s", error)

    async def _write(self) -> None:
        with suppress(ConnectionError):
            while True:
                await self._websocket.send_str((await self._waiting.get()).decode())
