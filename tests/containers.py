"""A container as ``docker inspect`` shows it, for tests that change what matters to them."""

from __future__ import annotations

from typing import Final

from edge_tasks.adapters.containers import Container

RUNNING: Final = Container(
    id="1",
    name="edge",
    service="openems-edge-0",
    folder="",
    state="running",
    started=1.0,
    why="",
    image="sha256:1",
    config_hash="abc",
    health="",
    host_ports=frozenset(),
)
