"""The program that has the edges' sockets, and knows of edges only what the backend has told it.

It follows ``Backend.Edge.App`` of OpenEMS 2026: the port for edges is open while the backend is connected and has
told at least one apikey. Who is connected is told every five seconds, if that has changed.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

import aiohttp
import orjson

from edge_tasks.backend import json_rpc
from edge_tasks.backend.counters import Counters
from edge_tasks.backend.edge_socket import serve_edges
from edge_tasks.backend.known_devices import Device, Devices
from edge_tasks.backend.lines import Lines
from edge_tasks.backend.peer import APIKEYS, CONNECTED, EDGE_RPC, HEARTBEAT_SECONDS, MOST_BYTES, Peer
from edge_tasks.backend.program import bind, opened
from edge_tasks.backend.stand_in import LOG

if TYPE_CHECKING:
    from edge_tasks.backend.edge_app.config_file import Config
    from edge_tasks.backend.sockets import Line, Socket


class EdgeApp:
    """One running program.

    Attributes:
        counters: what came, since the process began.
        lines: the open connections of edges.
    """

    def __init__(self, config: Config) -> None:
        self.counters = Counters()
        self.lines = Lines()
        self._config = config
        self._devices = Devices()
        self._peer: Peer | None = None
        self._server: asyncio.Server | None = None
        self._has_changed = False
        self._asked: dict[str, tuple[Socket, str | int]] = {}

    async def dial_for_ever(self) -> None:
        """Be connected to the backend, again and again.

        Raises:
            PortTakenError: the port for edges cannot be opened.
        """
        told, config = "", self._config
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    await self._dial(session)
                    told = ""
                except (aiohttp.ClientError, OSError, asyncio.TimeoutError) as error:
                    if told != str(error):
                        told = str(error)
                        LOG.info("The backend at %s cannot be reached: %s", config.uri, error)
                await asyncio.sleep(config.retry_seconds)

    async def report_for_ever(self) -> None:
        """Tell the backend which edges are connected, if that has changed."""
        while True:
            await asyncio.sleep(self._config.report_seconds)
            if self._has_changed and self._peer is not None:
                self._has_changed = False
                self._peer.notify(CONNECTED, edgeIds=self._devices.names_online(), metrics={})

    async def stop(self) -> None:
        """Close the port for edges, and all of them."""
        if self._server is not None:
            self._server.close()
            self._server = None
            LOG.info("The port for edges is closed")
        await self.lines.close()

    def arrived(self, line: Line) -> None:
        """Admit an edge."""
        line.admit(self._devices)

    def joined(self, socket: Socket, devices: Devices, device: Device) -> None:
        """Note that an edge has connected."""
        devices.connect(device, socket, 0)
        self._has_changed = True

    def left(self, socket: Socket, devices: Devices, device: Device) -> None:
        """Note that an edge has gone."""
        devices.disconnect(device, socket)
        self._has_changed = True

    def take(self, socket: Socket, _devices: Devices, device: Device, text: bytes) -> None:
        """Hand a message of an edge on to the backend.

        Raises:
            InvalidMessageError: it is none.
        """
        message = json_rpc.parse(text)
        if self._peer is None:
            return
        if isinstance(message, json_rpc.Answer):
            self._peer.answer(message.id, **_wrapped(message))
        elif message.id is None:
            self._peer.notify(EDGE_RPC, edgeId=device.name, payload=orjson.Fragment(text))
        else:
            number = str(uuid.uuid4())
            self._asked[number] = socket, message.id
            self._peer.request(number, EDGE_RPC, edgeId=device.name, payload=orjson.Fragment(text))

    async def _dial(self, session: aiohttp.ClientSession) -> None:
        config = self._config
        async with session.ws_connect(
            config.uri, headers={"id": config.id}, heartbeat=HEARTBEAT_SECONDS, max_msg_size=MOST_BYTES
        ) as websocket:
            LOG.info("The backend at %s is connected", config.uri)
            self._peer = Peer(websocket)
            try:
                await self._peer.attend(self._told)
            finally:
                self._peer = None
                self._asked.clear()
                await self.stop()

    async def _told(self, message: json_rpc.Message | json_rpc.Answer) -> None:
        """Take over a message of the backend.

        Raises:
            RpcError: it lacks a parameter.
            PortTakenError: the port for edges cannot be opened.
        """
        if isinstance(message, json_rpc.Answer):
            self._answered(message)
        elif message.method == APIKEYS:
            await self._know(json_rpc.member(message.params, "apikeysToEdgeIds"))
        elif message.method == EDGE_RPC:
            self._hand_on(message)

    async def _know(self, names: json_rpc.JsonObject) -> None:
        """Know these edges by their apikeys from now on, and open the port for them if there are any."""
        await self.stop()
        devices = (Device(number, str(name), key) for number, (key, name) in enumerate(names.items()))
        self._devices = Devices(devices)
        if names:
            sock = bind(self._config.host, self._config.edge_port)
            self._server = await opened(serve_edges(self, sock))
            LOG.info("%d edges are known, and their port is open", len(self._devices))

    def _hand_on(self, message: json_rpc.Message) -> None:
        """Send what the backend has for an edge. If it is a request, the edge answers under the same id."""
        name = json_rpc.string(message.params, "edgeId")
        payload = json_rpc.member(message.params, "payload")
        device = self._devices.by_name(name)
        if device is not None and device.connections:
            device.connections[0].send(json_rpc.dumped(payload))
        elif message.id is not None and self._peer is not None:
            self._peer.send(json_rpc.refusal(message.id, json_rpc.not_connected(name)))

    def _answered(self, answer: json_rpc.Answer) -> None:
        """Hand the backend's answer to the edge that asked, under the edge's own id."""
        socket, number = self._asked.pop(str(answer.id), (None, None))
        if socket is None:
            return
        content = {"error": answer.content["error"]} if "error" in answer.content else _unwrapped(answer)
        socket.send(json_rpc.dumped({"jsonrpc": "2.0", "id": number, **content}))


def _wrapped(answer: json_rpc.Answer) -> json_rpc.JsonObject:
    """An edge's answer as the backend gets it."""
    if "error" in answer.content:
        return {"error": answer.content["error"]}
    return {"result": {"payload": answer.content}}


def _unwrapped(answer: json_rpc.Answer) -> json_rpc.JsonObject:
    """The backend's result as the edge gets it."""
    return {"result": json_rpc.member(json_rpc.member(answer.content["result"], "payload"), "result")}
