"""A connection to a backend as an edge has it, over which somebody sends in the edge's place."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import aiohttp
from aiohttp import WSCloseCode

if TYPE_CHECKING:
    from collections.abc import Iterable

_Socket: TypeAlias = "aiohttp.ClientWebSocketResponse[Any]"
_REFUSED: Final = 1
"""The code with which an edge refuses a method, for whatever reason."""


def send(uri: str, apikey: str, messages: Iterable[tuple[str, float]], deaf_s: float = 0.0) -> None:
    """Send texts, and wait until the backend has taken all of them.

    Args:
        uri: of the backend, e.g. ``ws://127.0.0.1:8081``.
        apikey: of the edge.
        messages: each text, with the seconds that pass at least before the next one.
        deaf_s: seconds after the connection in which nothing is sent.

    Raises:
        OSError: nobody answers, or the connection was cut off, as by a backend that does not know the apikey.
    """
    try:
        asyncio.run(_send(uri, apikey, messages, deaf_s))
    except aiohttp.ClientError as error:
        raise ConnectionError(str(error) or type(error).__name__) from None


async def _send(uri: str, apikey: str, messages: Iterable[tuple[str, float]], deaf_s: float) -> None:
    async with (
        aiohttp.ClientSession(headers={"apikey": apikey}) as http,
        http.ws_connect(uri, max_msg_size=0) as socket,
    ):
        answering = asyncio.create_task(_answer(socket))
        await asyncio.sleep(deaf_s)
        due = time.monotonic()
        for text, seconds in messages:
            await socket.send_str(text)
            due += seconds
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await socket.close()
        await answering
        if socket.close_code != WSCloseCode.OK:
            raise ConnectionError("it cut the connection off")


async def _answer(socket: _Socket) -> None:
    """Answer pings, and refuse what people ask meanwhile: a backend waits for an answer for ever."""
    async for message in socket:
        with suppress(ValueError, AttributeError, ConnectionError):
            number = json.loads(message.data).get("id")
            if number is not None:
                error = {"code": _REFUSED, "message": "its past is being written", "data": []}
                await socket.send_json({"jsonrpc": "2.0", "id": number, "error": error})
