from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.docker.starting import ASK_PAUSE_S, PeerWatcher
from tests.containers import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.adapters.containers import Container

EDGES = Fleet("0193", bytes(32), size=2).edges
ADDRESSES = {EDGES[0].service: "127.0.0.7", EDGES[1].service: "127.0.0.8"}
GATEWAY = "127.0.0.9"
DOOR = "openems-backend"


def container(service: str, address: str) -> Container:
    """This process is in all of them."""
    return replace(
        RUNNING,
        id=Path("/proc/self/cgroup").read_text().strip().splitlines()[-1],
        service=service,
        pid=os.getpid(),
        addresses=frozenset({address}),
        gateways=frozenset({GATEWAY}),
    )


@contextmanager
def connected_from(server: socket.socket, address: str) -> Iterator[None]:
    with socket.create_connection(server.getsockname(), source_address=(address, 0)):
        yield


def watcher(port: int) -> PeerWatcher:
    """Of a backend that says of the second edge only that it is online."""
    names = {DOOR: "127.0.0.1", **ADDRESSES}
    stack = SimpleNamespace(
        containers=lambda: tuple(container(service, address) for service, address in names.items()),
        services=SimpleNamespace(door=DOOR),
        edge_port=port,
        status=SimpleNamespace(is_late=False, online=lambda _names: {EDGES[1].name: True}),
    )
    return PeerWatcher(cast("Any", stack), EDGES)


def test_who_is_connected_is_known_by_the_address_of_the_container() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        watch = watcher(server.getsockname()[1])
        assert watch.connected() == set()
        with connected_from(server, "127.0.0.7"):
            assert watch.connected() == {EDGES[0].service}
        assert watch.pause_s < ASK_PAUSE_S


def test_if_somebody_comes_from_the_gateway_the_backend_is_asked_who_that_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        watch = watcher(server.getsockname()[1])
        with connected_from(server, GATEWAY):
            assert watch.connected() == {EDGES[1].service}
        assert watch.pause_s == ASK_PAUSE_S
