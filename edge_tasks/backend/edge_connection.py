"""What an edge sends and is asked over one connection, whether its socket is here or in another program."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

import orjson

from edge_tasks.backend.channel_cache import ChannelCache
from edge_tasks.backend.json_rpc import InvalidMessageError
from edge_tasks.backend.stand_in import LOG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.backend.json_rpc import Answer, JsonObject
    from edge_tasks.backend.known_devices import Device, Devices
    from edge_tasks.backend.sockets import Hub


class EdgeConnection:
    """A connection, which belongs to an edge once its device is known. Its subclasses know how to send.

    Attributes:
        cache: the values that came over it.
    """

    def __init__(self, hub: Hub) -> None:
        self.cache = ChannelCache()
        self._hub = hub
        self._device: Device | None = None
        self._devices: Devices | None = None
        self._asked: dict[str, asyncio.Future[JsonObject]] = {}

    def send(self, text: bytes) -> None:
        """Send a message to the edge."""
        raise NotImplementedError

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
        self._hub.counters.requests += 1
        self.send(orjson.dumps(request))
        return number

    def answered(self, answer: Answer) -> None:
        """Hand an answer to the request that waits for it, if it still does."""
        waiting = self._asked.get(str(answer.id))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.content)

    def take(self, text: bytes) -> bytes | None:
        """Take over a message of the edge, and return the answer if there is one."""
        device, devices = self._device, self._devices
        if device is None or devices is None:
            return None
        try:
            return self._hub.take(self, devices, device, text)
        except InvalidMessageError as error:
            self._hub.counters.count("invalid")
            LOG.warning("%s sent %s", device.name, error)
            return None
