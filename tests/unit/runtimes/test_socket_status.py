from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.errors import BackendError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.docker.socket_status import SocketStatus

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.stack import Stack

FLEET = Fleet("f", bytes(32), size=3, light=1)


def status(peers: frozenset[str] | None, *, is_running: bool = True) -> SocketStatus:
    """Two edges with a container each, and a backend to which these addresses are connected."""
    edges = [
        SimpleNamespace(service=f"openems-edge-{index}", addresses=frozenset({f"10.0.0.{index}"}))
        for index in range(2)
    ]
    backend: Any = SimpleNamespace(service="cloud", is_running=is_running, peers=lambda _port: peers)
    found = SimpleNamespace(
        containers=lambda: (backend, *edges),
        services=SimpleNamespace(door="cloud"),
        context=SimpleNamespace(fleet=FLEET),
        edge_port=8081,
    )
    return SocketStatus(cast("Stack", found))


def test_an_edge_whose_container_is_connected_is_online_and_a_light_one_is_not_known() -> None:
    found = status(frozenset({"10.0.0.1", "10.0.0.9"})).online(["edge0", "edge1", "edge2"])
    assert found == {"edge0": False, "edge1": True}


@pytest.mark.parametrize(
    ("source", "why"),
    [(status(None), "nobody can see"), (status(frozenset(), is_running=False), "the backend does not run")],
)
def test_where_nothing_can_be_seen_the_reason_is_told(source: SocketStatus, why: str) -> None:
    with pytest.raises(BackendError, match=why):
        source.online(["edge0"])
