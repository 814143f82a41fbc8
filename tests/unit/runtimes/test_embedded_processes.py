from __future__ import annotations

import os
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING

from edge_tasks.adapters.processes import Daemon
from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.processes import Processes

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def of_fleet(folder: Path, metrics_port: int) -> Processes:
    return Processes(folder, Fleet("id", b"secret", 3), metrics_port, "", "2024.7.0")


def test_every_port_of_the_fleet_is_named_but_that_of_the_metrics(tmp_path: Path) -> None:
    found = of_fleet(tmp_path, 9464).fixed_ports
    assert found.keys() == {8075, 8079, 8081, 15432}
    assert found[8075] == "the backend's B2B REST"


def test_a_light_host_that_runs_without_its_metrics_still_wants_their_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresServer, "is_running", lambda _own: True)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        processes = of_fleet(tmp_path, port)
        host = SimpleNamespace(pid=os.getpid())
        monkeypatch.setattr(Daemon, "find", lambda _own: host)
        assert processes.wanted_ports() == {}
        host.pid += 1
        assert processes.wanted_ports() == {port: "metrics of the edges"}
