"""The backend's side of a backend of two programs: where the one that has the edges' sockets connects.

It follows ``Edge.Manager`` of OpenEMS 2026: the apikeys are told when the program has connected. An edge is
online once its name is told. Until then its data are dropped, and only its configuration is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from edge_tasks.backend import json_rpc
from edge_tasks.backend.edge_connection import EdgeConnection
from edge_tasks.backend.peer import APIKEYS, CONNECTED, EDGE_RPC, HEARTBEAT_SECONDS, MOST_BYTES, Peer
from edge_tasks.backend.stand_in import BACKEND, LOG, refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.backend.known_devices import Device, Devices
    from edge_tasks.backend.stand_in import Backend


def manager_app(backend: Backend) -> web.Application:
    """The application behind the manager's port."""
    app = web.Application()
    app[BACKEND] = backend
    app.router.add_get("/{path:.*}", _serve)
    return app


async def _serve(request: web.Request) -> web.WebSocketResponse:
    """Attend to a program until it goes away. One that does not say its ``id`` is refused."""
    backend, name = request.app[BACKEND], request.headers.get("id", "")
    websocket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MOST_BYTES)
    await websocket.prepare(request)
    if not name:
        await websocket.close()
        return websocket
    LOG.info("backend-edge %s has connected", name)
    program = Program(backend, Peer(websocket))
    backend.lines.opened(program)
    backend.arrived(program)
    try:
        await program.peer.attend(program.told)
    finally:
        program.set_connected(())
        backend.lines.ended(program)
        LOG.info("backend-edge %s has gone", name)
    return websocket


class ManagedEdge(EdgeConnection):
    """The connection of an edge whose socket another program has.

    Attributes:
        device: the edge's.
    """

    def __init__(self, program: Program, backend: Backend, devices: Devices, device: Device) -> None:
        super().__init__(backend)
        self._program = program
        self._devices, self._device = devices, device
        self.device = device

    def send(self, text: bytes) -> None:
        """Have the other program send a request."""
        self._program.ask(self, text)


class Program:
    """A program that has sockets of edges, as the backend sees it.

    Attributes:
        peer: the connection to it.
    """

    def __init__(self, backend: Backend, peer: Peer) -> None:
        self.peer = peer
        self._backend = backend
        self._devices: Devices | None = None
        self._edges: dict[str, ManagedEdge] = {}
        self._asked: dict[str, ManagedEdge] = {}

    def admit(self, devices: Devices) -> None:
        """Tell it the apikeys."""
        self._devices = devices
        self.peer.notify(APIKEYS, apikeysToEdgeIds=devices.names_by_key())

    def close(self) -> None:
        """End the connection; the program drops its edges then."""
        self.peer.close()

    def drop(self) -> None:
        """End the connection, as :meth:`close` does: nobody waits for its end."""
        self.peer.close()

    def ping(self, period: float) -> None:
        """Nothing: the websocket has a heartbeat of its own."""

    def ask(self, edge: ManagedEdge, text: bytes) -> None:
        """Send a request to an edge, whose id is that of the request around it, too."""
        payload: json_rpc.JsonObject = orjson.loads(text)
        number = str(payload["id"])
        self._asked[number] = edge
        self.peer.request(number, EDGE_RPC, edgeId=edge.device.name, payload=payload)

    async def told(self, message: json_rpc.Message | json_rpc.Answer) -> None:
        """Take over a message.

        Raises:
            RpcError: it lacks a parameter.
        """
        if isinstance(message, json_rpc.Answer):
            self._answered(message)
        elif message.method == CONNECTED:
            self.set_connected(json_rpc.strings(message.params, "edgeIds"))
        elif message.method == EDGE_RPC:
            self._take(message)
        elif message.id is not None:
            self.peer.send(json_rpc.refusal(message.id, json_rpc.unhandled(message.method)))

    def set_connected(self, names: Iterable[str]) -> None:
        """Note the edges that have a socket now; all others have none."""
        wanted, devices = set(names), self._devices
        if devices is None:
            return
        for name in self._edges.keys() - wanted:
            edge = self._edges.pop(name)
            self._backend.left(edge, devices, edge.device)
        for name in sorted(wanted - self._edges.keys()):
            if (device := devices.by_name(name)) is not None:
                edge = self._edges[name] = ManagedEdge(self, self._backend, devices, device)
                self._backend.joined(edge, devices, device)

    def _take(self, message: json_rpc.Message) -> None:
        """Take over what an edge sent. A request is answered, also before the edge is known to be connected."""
        name = json_rpc.string(message.params, "edgeId")
        payload = json_rpc.member(message.params, "payload")
        text = json_rpc.dumped(payload)
        if message.id is not None:
            method = json_rpc.string(payload, "method")
            self._backend.counters.count(method)
            self.peer.send(json_rpc.refusal(message.id, refused(method)))
        elif name in self._edges:
            self._edges[name].take(text)
        elif self._devices is not None and (device := self._devices.by_name(name)) is not None:
            self._backend.take_config(device, text)

    def _answered(self, answer: json_rpc.Answer) -> None:
        """Hand an edge's answer to who asked."""
        edge = self._asked.pop(str(answer.id), None)
        if edge is None:
            return
        content = answer.content
        if "result" in content:
            content = json_rpc.member(content["result"], "payload")
        edge.answered(json_rpc.Answer(answer.id, content))
